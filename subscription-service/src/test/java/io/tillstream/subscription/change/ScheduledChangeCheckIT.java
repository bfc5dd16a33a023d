package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

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
        expect(act("change", LATER), 202); // after some seconds also while it goes on
        await().atMost(WAIT).until(this::isPlannedAtStripe);
        assertThat(checks()).isEqualTo("1");
    }

    private boolean isPlannedAtStripe() {
        JsonNode schedule = shownAtStripe().path("schedule");
        return !schedule.isNull()
                && STRIPE.get("/v1/subscription_schedules/" + schedule.asString())
                                .path("phases")
                                .size()
                        == 2;
    }

    private String checks() {
        return texts("select count(*)::text from scheduled_change_checks where subscription_id = '" + id + "'")
                .get(0);
    }

    private void sweeps() {
        execute(
                "update scheduled_change_checks set next_attempt_at = now() - interval '1 day' where subscription_id = '"
                        + id + "'");
        sweep.round().block(WAIT);
    }

    /** Another start of the plan, just before Stripe plans it. */
    private void isBegunMeanwhileWith(String card) {
        String saved = savedCard(card);
        ON_THE_WAY.next(
                "POST",
                "/v1/subscription_schedules",
                form -> form,
                () -> expect(
                        ask(
                                "/api/subscriptions",
                                "{'planId':'pro-monthly','trial':false,'paymentMethodId':'" + saved + "'}"),
                        201));
    }

    @Test
    void whatWasPlannedBesideAStartIsReleasedAfterACrashToo() {
        subscribes("starter-monthly", 1);
        isBegunMeanwhileWith(GOOD_CARD);
        plansUnheard();

        sweeps();

        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
        assertThat(checks()).isEqualTo("0");
        deliverAll();
        assertThat(column("scheduled_plan_id")).isNull();
    }

    /** The next change has taken the row, and did not come to Stripe: the one before is planned there still. */
    @Test
    void whatIsPlannedIsCheckedAndNotWhatWasAskedForLast() {
        subscribes("starter-monthly", 1);
        isBegunMeanwhileWith(GOOD_CARD);
        plansUnheard();
        execute("update scheduled_change_checks set plan_id = 'pro-yearly' where subscription_id = '" + id + "'");

        sweeps();

        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
        assertThat(checks()).isEqualTo("0");
    }

    /** Who pays nothing would keep who pays from their plan. */
    @Test
    void aStartThatNobodyPaidGivesWayToWhatIsPlanned() {
        subscribes("starter-monthly", 1);
        isBegunMeanwhileWith(CHECKED_CARD);
        plansUnheard();
        assertThat(unpaidStarts()).isEqualTo("1");

        sweeps();

        assertThat(shownAtStripe().path("schedule").isNull()).isFalse();
        assertThat(column("scheduled_plan_id")).isEqualTo("pro-monthly");
        assertThat(unpaidStarts()).isEqualTo("0");
        assertThat(checks()).isEqualTo("0");
    }

    private String otherAtStripe = "";

    /** Of two subscriptions one is planned to be of a plan, unheard, and then the other is to be it now. */
    private void anotherWaitsForItsBanksCheck() {
        subscribes("starter-monthly", 1);
        String other = id;
        otherAtStripe = stripeId;
        subscribes("pro-yearly", 1);
        plansUnheard();
        pays(CHECKED_CARD);
        String planned = id;
        id = other;
        assertThat(ok(act("change", "{'planId':'pro-monthly','when':'now'}")).has("pendingChange"))
                .isTrue();
        id = planned;
    }

    private JsonNode pendingUpdate() {
        return STRIPE.get("/v1/subscriptions/" + otherAtStripe).path("pending_update");
    }

    private boolean isPlanned() {
        return shownAtStripe().path("schedule").isString();
    }

    /** Its user wants it now, and is at their bank's page this minute: nothing is taken from them while that may still be paid. */
    @Test
    void aNewerChangeThatWaitsForItsBanksCheckIsNotTakenBackForWhatWasPlannedBefore() {
        anotherWaitsForItsBanksCheck();

        sweeps();

        assertThat(pendingUpdate().isObject()).isTrue();
        assertThat(isPlanned()).isTrue();
        assertThat(checks()).as("not sure yet").isEqualTo("1");
        String intent = STRIPE.get("/v1/payment_intents?customer=" + customer)
                .at("/data/0/id")
                .asString();
        STRIPE.control("/_simulator/payment_intents/" + intent + "/authenticate", "{\"success\":true}");
        deliverAll();

        sweeps();

        assertThat(isPlanned()).as("two of a plan").isFalse();
        assertThat(checks()).isEqualTo("0");
        assertThat(STRIPE.get("/v1/subscriptions/" + otherAtStripe)
                        .at("/items/data/0/price/id")
                        .asString())
                .isEqualTo(priceOf("pro-monthly"));
    }

    @Test
    void anOlderChangeThatNobodyPaidGivesWayToWhatIsPlanned() {
        anotherWaitsForItsBanksCheck();
        execute("update scheduled_change_checks set planned_at = now() + interval '1 minute' where subscription_id = '"
                + id + "'");

        sweeps();

        assertThat(pendingUpdate().isNull()).isTrue();
        assertThat(isPlanned()).isTrue();
        assertThat(checks()).isEqualTo("0");
    }

    private String unpaidStarts() {
        return texts("select count(*)::text from subscriptions where user_id = '" + user
                        + "' and status = 'incomplete'")
                .get(0);
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
