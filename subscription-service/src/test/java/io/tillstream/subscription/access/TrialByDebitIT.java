package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Stripe calls a subscription active while a bank debit is on its way, which takes days and may never pay. */
class TrialByDebitIT extends Subscriber {

    private static final String FULL = "reading-room full";
    private static final String TRIAL = "&trial_period_days=14";
    private static final String NEVER_PAYS = "pm_usBankAccount_processing";

    @Autowired
    private AccessSweep sweep;

    /** Else each bank account is some days of the plan for nothing, after its trial. */
    @Test
    void aTrialWithADebitThatNeverPaysIsNoLongerThanATrial() {
        subscribes("starter-monthly", 1, TRIAL);
        pays(NEVER_PAYS);
        assertThat(features()).containsExactly(FULL);

        STRIPE.advance("P14DT2H");
        deliverAll();
        isOnItsWay();
        passes("61 minutes");

        assertThat(features()).isEmpty();
        assertThat(told()).containsOnlyOnce("entitlement.revoked");
        settles();
        assertThat(features()).as("it pays all the same").containsExactly(FULL);
    }

    /** For the moment in which a card is charged, all would be taken, told of, and given anew. */
    @Test
    void aTrialThatEndsWithACardThatPaysLosesNothingInBetween() {
        subscribes("starter-monthly", 1, TRIAL);
        STRIPE.advance("P14DT2H");
        List<StripeEvent> all = news();
        int open = all.stream().map(StripeEvent::type).toList().indexOf("invoice.finalized") + 1;
        assertThat(open).isPositive();

        all.subList(0, open).forEach(this::deliver);
        assertThat(texts("select status from invoices where subscription_id = '" + id + "' and total > 0"))
                .containsExactly("open");
        sweep.round().block(WAIT);
        assertThat(features()).containsExactly(FULL);
        all.subList(open, all.size()).forEach(this::deliver);
        passes("61 minutes");

        assertThat(column("status")).isEqualTo("active");
        assertThat(features()).containsExactly(FULL);
        assertThat(told()).doesNotContain("entitlement.revoked");
    }

    @Test
    void whoHasPaidBeforeKeepsAccessWhileADebitIsOnItsWay() {
        subscribes("starter-monthly", 1);
        pays(NEVER_PAYS);
        STRIPE.advance("P20D"); // Stripe lists the events of the last 30 days
        deliverAll();

        STRIPE.advance("P11DT2H");
        deliverAll();
        isOnItsWay();
        passes("61 minutes");

        assertThat(features()).containsExactly(FULL);
        assertThat(told()).doesNotContain("entitlement.revoked");
    }

    private void isOnItsWay() {
        assertThat(column("status"))
                .isEqualTo(shownAtStripe().path("status").asString())
                .isEqualTo("active");
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("open");
        assertThat(texts("select status from invoices where subscription_id = '" + id
                        + "' order by issued_at desc limit 1"))
                .containsExactly("open");
        assertThat(features()).as("for as long as a card may need").containsExactly(FULL);
    }

    /** As if the invoice had been open for as long, and nothing had been told since. */
    private void passes(String interval) {
        execute("update invoices set open_since = open_since - interval '" + interval + "' where subscription_id = '"
                + id + "'");
        execute("update entitlement_sources set changes_at = now() - interval '1 second' where source = '" + id
                + "' and grade <> 'none'");
        sweep.round().block(WAIT);
    }

    private void settles() {
        String intent = STRIPE.get("/v1/invoice_payments?invoice="
                        + invoices().get(0).path("id").asString())
                .at("/data/0/payment/payment_intent")
                .asString();
        STRIPE.control("/_simulator/payment_intents/" + intent + "/settle", "{\"success\":true}");
        deliverAll();
    }

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user
                + "' and grade <> 'none' order by 1");
    }
}
