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
}
