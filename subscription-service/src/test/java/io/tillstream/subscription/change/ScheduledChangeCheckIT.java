package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Two live subscriptions of one plan are paid twice, for ever: also where nobody was left to look once more. */
class ScheduledChangeCheckIT extends Subscriber {

    private static final String LATER = "{'planId':'pro-monthly','when':'period_end'}";

    @Autowired
    private ChangeSweep sweep;

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    /** As after a crash: Stripe has planned it, and whoever asked does not hear of it. */
    private void plansUnheard() {
        STRIPE.next("POST /v1/subscription_schedules/*", "close_after");
        expect(act("change", LATER), 202);
        assertThat(shownAtStripe().path("schedule").isNull()).isFalse();
        assertThat(checks()).isEqualTo("1");
    }

    private String checks() {
        return texts("select count(*)::text from scheduled_change_checks where subscription_id = '" + id + "'")
                .get(0);
    }

    private void sweeps() {
        execute("update scheduled_change_checks set next_attempt_at = now() where subscription_id = '" + id + "'");
        sweep.round().block(WAIT);
    }

    @Test
    void whatWasPlannedBesideAStartIsReleasedAfterACrashToo() {
        subscribes("starter-monthly", 1);
        String card = savedCard(GOOD_CARD);
        ON_THE_WAY.next(
                "POST",
                "/v1/subscription_schedules",
                form -> form,
                () -> expect(
                        ask(
                                "/api/subscriptions",
                                "{'planId':'pro-monthly','trial':false,'paymentMethodId':'" + card + "'}"),
                        201));
        plansUnheard();

        sweeps();

        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
        assertThat(checks()).isEqualTo("0");
        deliverAll();
        assertThat(column("scheduled_plan_id")).isNull();
    }

    @Test
    void whatNobodyElseHasStaysPlannedAndIsSeenByWhoBeginsNext() {
        subscribes("starter-monthly", 1);
        plansUnheard();

        sweeps();

        assertThat(column("scheduled_plan_id")).isEqualTo("pro-monthly");
        assertThat(checks()).isEqualTo("0");
        String card = savedCard(GOOD_CARD);
        refused(
                ask("/api/subscriptions", "{'planId':'pro-monthly','trial':false,'paymentMethodId':'" + card + "'}"),
                409,
                "subscription-already-live");
    }

    @Test
    void whatIsCheckedAtOnceIsNotCheckedAgain() {
        subscribes("starter-monthly", 1);

        ok(act("change", LATER));

        assertThat(checks()).isEqualTo("0");
    }
}
