package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stripe calls a subscription active while a bank debit is on its way, which takes days and may never pay. */
class TrialByDebitIT extends DebitPayer {

    /** Else each bank account is some days of the plan for nothing, after its trial. */
    @Test
    void aTrialWithADebitThatNeverPaysIsNoLongerThanATrial() {
        tried();
        passes("26 hours");
        assertThat(features()).as("the bank told of it first").containsExactly(FULL);
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
        sweeps();
        assertThat(features()).containsExactly(FULL);
        all.subList(open, all.size()).forEach(this::deliver);
        passes(LONGER_THAN_A_CARD);

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
        passes(LONGER_THAN_A_CARD);

        assertThat(features()).containsExactly(FULL);
        assertThat(told()).doesNotContain("entitlement.revoked");
    }

    /** Only what Stripe tells since then is known here: the months that were paid before are not. */
    @Test
    void whoCameWithASubscriptionOfYearsKeepsAccessWhileADebitIsOnItsWay() {
        subscribes("starter-monthly", 1, TRIAL);
        STRIPE.advance("P14DT2H");
        deliverAll();
        pays(NEVER_PAYS);
        STRIPE.advance("P20D"); // Stripe lists the events of the last 30 days
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        onlyTheNewestIsKnown();

        isOnItsWay();
        passes(LONGER_THAN_A_CARD);

        assertThat(features()).containsExactly(FULL);
    }

    @Test
    void whoComesWithATrialThatJustEndedHasPaidNothingYet() {
        tried();
        onlyTheNewestIsKnown();

        passes(LONGER_THAN_A_CARD);

        assertThat(features()).isEmpty();
    }

    /** Stored by an instance of before, or written off when it was first heard of: it would pay nothing for days. */
    @ParameterizedTest
    @ValueSource(strings = {"open", "uncollectible"})
    void anInvoiceOfWhichIsNotKnownSinceWhenItIsOpenIsOpenSinceItWasStored(String status) {
        tried();
        execute("update invoices set open_since = null, status = '" + status + "', updated_at = now() - interval '"
                + LONGER_THAN_A_CARD + "' where subscription_id = '" + id + "' and status = 'open'");

        passes("0 hours");

        assertThat(features()).isEmpty();
    }

    private void onlyTheNewestIsKnown() {
        execute("delete from invoices i where subscription_id = '" + id
                + "' and exists (select 1 from invoices n where n.subscription_id = i.subscription_id"
                + " and n.issued_at > i.issued_at)");
    }

    private void settles() {
        String intent = STRIPE.get("/v1/invoice_payments?invoice="
                        + invoices().get(0).path("id").asString())
                .at("/data/0/payment/payment_intent")
                .asString();
        STRIPE.control("/_simulator/payment_intents/" + intent + "/settle", "{\"success\":true}");
        deliverAll();
    }
}
