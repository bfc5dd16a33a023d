package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A debit that is on its way for days takes its money whatever becomes of the change: docs.stripe.com/payments/ach-direct-debit. */
class DebitedChangeIT extends Subscriber {

    private void isPaidByADebitThatIsOnItsWay() {
        subscribes("starter-monthly", 1);
        pays("pm_usBankAccount_processing");
        JsonNode waits = ok(act("change", "{'planId':'pro-monthly','when':'now'}"));
        assertThat(waits.has("pendingChange")).isTrue();
    }

    private void isStillToBePaid() {
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("open");
        assertThat(shownAtStripe().path("pending_update").isObject()).isTrue();
        assertThat(shownAtStripe().path("status").asString()).isEqualTo("active");
    }

    @Test
    void whoEndsAtOnceDoesNotPayForAChangeThatIsNeverMade() {
        isPaidByADebitThatIsOnItsWay();

        refused(act("cancel", "{'when':'now'}"), 409, "change-paid");

        isStillToBePaid();
        ok(act("cancel", "{'when':'period_end'}"));
    }

    @Test
    void whoChangesOnceMoreDoesNotPayForTheFirstChangeToo() {
        isPaidByADebitThatIsOnItsWay();

        refused(act("change", "{'planId':'pro-yearly','when':'now'}"), 409, "change-paid");
        refused(changes(quoted("{'planId':'pro-yearly'}")), 409, "change-paid");
        refused(act("change", "{'planId':'pro-yearly','when':'period_end'}"), 409, "change-paid");
        refused(act("change/revoke", ""), 409, "change-paid");

        isStillToBePaid();
    }

    @Test
    void whoseCardWasDeclinedMayEndAtOnce() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        expect(act("change", "{'planId':'pro-monthly','when':'now'}"), 402);

        ok(act("cancel", "{'when':'now'}"));
    }

    private void renewsByADebitThatIsOnItsWay() {
        subscribes("starter-monthly", 1);
        pays("pm_usBankAccount_processing");
        STRIPE.advance("P20D"); // Stripe lists the events of the last 30 days
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        assertThat(column("status")).isEqualTo("active");
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("open");
    }

    /** What is paid after the end is given back whole: the days since the renewal would be had for nothing. */
    @Test
    void daysThatWereUsedAreNotGivenBackToWhoEndsBeforeTheirDebitHasCome() {
        renewsByADebitThatIsOnItsWay();

        refused(act("cancel", "{'when':'now'}"), 409, "invoice-processing");

        assertThat(shownAtStripe().path("status").asString()).isEqualTo("active");
        String intent = STRIPE.get("/v1/invoice_payments?invoice="
                        + invoices().get(0).path("id").asString())
                .at("/data/0/payment/payment_intent")
                .asString();
        STRIPE.control("/_simulator/payment_intents/" + intent + "/settle", "{\"success\":true}");
        deliverAll();
        ok(act("cancel", "{'when':'now'}"));
        deliverAll();
        assertThat(texts("select count(*) from invoice_refunds r join invoices i using (stripe_invoice_id)"
                        + " where i.subscription_id = '" + id + "'"))
                .containsExactly("0");
    }

    @Test
    void whoseRenewalIsOnItsWayMayEndWithThePeriod() {
        renewsByADebitThatIsOnItsWay();

        ok(act("cancel", "{'when':'period_end'}"));
    }
}
