package io.tillstream.subscription.cancellation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.SubscriptionClock;
import io.tillstream.subscription.stripe.SubscriptionUpdateResult;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Nobody pauses what they pay and goes on using it. */
class PauseIT extends Subscriber {

    @Autowired
    private SubscriptionActionTemplate act;

    @Autowired
    private StripeSubscriptions stripe;

    @Autowired
    private PauseRequestRepository requests;

    @Autowired
    private SubscriptionClock present;

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user + "' order by 1");
    }

    private void operator(String what, String body) {
        ok(post(
                "operator",
                "/api/admin/subscriptions/" + id + "/" + what,
                body,
                UUID.randomUUID().toString()));
    }

    private void lives(String... durations) {
        for (String duration : durations) {
            STRIPE.advance(duration);
            deliverAll();
        }
    }

    @Test
    void whileNothingIsCollectedOnlyWhatIsPaidCanBeUsed() {
        subscribes("starter-monthly", 1);
        operator("pause", "{'behavior':'void'}");
        deliverAll();
        assertThat(features()).as("the month that is paid").containsExactly("reading-room full");

        lives("P20D", "P12D");
        assertThat(column("status")).isEqualTo("active");
        assertThat(features()).isEmpty();

        operator("resume", "{}");
        deliverAll();
        assertThat(features()).as("the month whose bill was dropped").isEmpty();

        lives("P20D", "P12D");
        assertThat(features()).as("paid again").containsExactly("reading-room full");
    }

    @Test
    void aMonthWhoseBillWasDroppedPaysForNoOtherPlan() {
        subscribes("pro-monthly", 2);
        operator("pause", "{'behavior':'void'}");
        deliverAll();
        lives("P20D", "P12D");
        operator("resume", "{}");
        deliverAll();

        refused(act("change", "{'planId':'starter-monthly','when':'now'}"), 409, "period-not-paid");

        assertThat(STRIPE.get("/v1/customers/" + customer).path("balance").asLong())
                .isZero();
        lives("P20D", "P12D");
        ok(act("change", "{'planId':'starter-monthly','when':'now'}"));
    }

    @Test
    void aTrialThatIsPausedIsNoLongerThanTheTrial() {
        subscribes("pro-monthly", 50, "&trial_period_days=14");
        assertThat(features()).hasSize(3);
        operator("pause", "{'until':'" + Instant.now().plus(900, ChronoUnit.DAYS) + "'}");

        lives("P13D", "P2D");

        assertThat(column("status")).isEqualTo("active");
        assertThat(features()).isEmpty();
    }

    @Test
    void usersPauseNothingByThemselvesAndEndNoPauseThatIsNotTheirs() {
        subscribes("starter-monthly", 1);
        refused(act("pause", "{}"), 403, "pause-not-offered");
        refused(act("pause", "{'until':'2099-01-01T00:00:00Z'}"), 403, "pause-not-offered");
        refused(act("pause", "{'behavior':'void'}"), 400, "malformed-request");

        STRIPE.post("/v1/subscriptions/" + stripeId, "pause_collection[behavior]=void");
        deliverAll();
        refused(act("resume", ""), 409, "paused-by-operator");
        ok(act("cancel", "{'when':'period_end'}"));
        assertThat(ok(act("resume", "")).at("/pause/behavior").asString())
                .as("the cancel is undone, the pause stays")
                .isEqualTo("void");

        operator("resume", "{}");
        operator("pause", "{}");
        refused(act("resume", ""), 409, "paused-by-operator");
        assertThat(shownAtStripe().at("/pause_collection/behavior").asString()).isEqualTo("void");
        as(user).post()
                .uri("/api/admin/subscriptions/" + id + "/resume")
                .header("Idempotency-Key", "k")
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    @Test
    void whereUsersMayPauseItIsAsLongAndAsOftenAsThePolicySays() {
        var settings = new PauseSettings(true, Duration.ofDays(31), 1, PauseSettings.Behavior.KEEP_AS_DRAFT);
        var flow = new PauseFlow(act, stripe, requests, settings, present);
        subscribes("starter-monthly", 1);
        Instant until = Instant.now().plus(30, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);

        assertThatThrownBy(() -> flow.byUser(wish(), null).block(WAIT)).isInstanceOf(Problem.class);
        assertThatThrownBy(() ->
                        flow.byUser(wish(), until.plus(2, ChronoUnit.DAYS)).block(WAIT))
                .isInstanceOf(Problem.class);
        flow.byUser(wish(), until).block(WAIT);

        assertThat(shownAtStripe().at("/pause_collection/behavior").asString()).isEqualTo("keep_as_draft");
        assertThat(ok(act("resume", "")).has("pause"))
                .as("their own they may end")
                .isFalse();
        assertThatThrownBy(() -> flow.byUser(wish(), until).block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("pauses-used-up"));
    }

    @Test
    void aPauseThatStripeNeverMadeIsNotUsedUp() {
        var settings = new PauseSettings(true, Duration.ofDays(31), 1, PauseSettings.Behavior.KEEP_AS_DRAFT);
        var flow = new PauseFlow(act, stripe, requests, settings, present);
        subscribes("starter-monthly", 1);
        Instant until = Instant.now().plus(30, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        STRIPE.next("POST /v1/subscriptions/*", "close_before");
        var unknown = flow.byUser(wish(), until).block(WAIT);
        assertThat(unknown).isNotNull().returns(false, SubscriptionUpdateResult::settled);
        assertThatThrownBy(() -> flow.byUser(wish(), until).block(WAIT))
                .as("it may have come to one")
                .isInstanceOf(Problem.class);

        askedEarlier("2 hours");
        flow.byUser(wish(), until).block(WAIT);

        assertThat(shownAtStripe().at("/pause_collection/behavior").asString()).isEqualTo("keep_as_draft");
        ok(act("resume", ""));
        askedEarlier("2 hours");
        assertThatThrownBy(() -> flow.byUser(wish(), until).block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("pauses-used-up"));
    }

    /** One pause was had of two, though two requests stand close before it. */
    @Test
    void aPauseCountsForTheRequestThatMadeItOnly() {
        var flow = flow(2);
        subscribes("starter-monthly", 1);
        STRIPE.next("POST /v1/subscriptions/*", "close_before");
        var unknown = flow.byUser(wish(), inThirtyDays()).block(WAIT);
        assertThat(unknown).isNotNull().returns(false, SubscriptionUpdateResult::settled);
        askedEarlier("2 hours");
        flow.byUser(wish(), inThirtyDays()).block(WAIT);
        ok(act("resume", ""));
        askedEarlier("2 hours");

        flow.byUser(wish(), inThirtyDays()).block(WAIT);

        assertThat(shownAtStripe().at("/pause_collection/behavior").asString()).isEqualTo("keep_as_draft");
    }

    /** Stripe knows a key for a day: the same request makes its pause then, and that counts as any other. */
    @Test
    void aRequestThatIsMadeAgainAfterDaysCountsFromThen() {
        var flow = flow(1);
        subscribes("starter-monthly", 1);
        var request = wish();
        STRIPE.next("POST /v1/subscriptions/*", "close_before");
        var unknown = flow.byUser(request, inThirtyDays()).block(WAIT);
        assertThat(unknown).isNotNull().returns(false, SubscriptionUpdateResult::settled);
        askedEarlier("3 days");
        flow.byUser(request, inThirtyDays()).block(WAIT);
        ok(act("resume", ""));
        askedEarlier("2 hours");

        assertUsedUp(flow, wish());
    }

    @Test
    void aRequestThatCameToAPauseMakesNoOtherAfterDays() {
        var flow = flow(1);
        subscribes("starter-monthly", 1);
        var request = wish();
        flow.byUser(request, inThirtyDays()).block(WAIT);
        ok(act("resume", ""));
        askedEarlier("3 days");
        execute("update subscription_pauses set began_at = began_at - interval '3 days' where subscription_id = '" + id
                + "'");

        assertUsedUp(flow, request);
        assertUsedUp(flow, wish());
    }

    /** The first time it did pause, and the year has one: a repeat that does not get as far as Stripe changes nothing of that. */
    @Test
    void aRepeatThatStripeCannotBeAskedForTakesNoPauseBack() {
        var flow = flow(1);
        subscribes("starter-monthly", 1);
        var request = wish();
        flow.byUser(request, inThirtyDays()).block(WAIT);
        ok(act("resume", ""));
        for (int call = 0; call < 4; call++) {
            STRIPE.next("POST /v1/subscriptions/*", "rate_limit");
        }
        try {
            assertThatThrownBy(() ->
                            flow.byUser(request, inThirtyDays().plusSeconds(60)).block(WAIT))
                    .isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.status())
                            .isEqualTo(503));
        } finally {
            STRIPE.delete("/_simulator/faults");
        }
        askedEarlier("2 hours");
        execute("update subscription_pauses set began_at = began_at - interval '2 hours' where subscription_id = '" + id
                + "'");

        assertUsedUp(flow, wish());
    }

    /** Nor is one used up that never got to Stripe. */
    @Test
    void aFirstRequestThatStripeCannotBeAskedForIsNotUsedUp() {
        var flow = flow(1);
        subscribes("starter-monthly", 1);
        for (int call = 0; call < 4; call++) {
            STRIPE.next("POST /v1/subscriptions/*", "rate_limit");
        }
        try {
            assertThatThrownBy(() -> flow.byUser(wish(), inThirtyDays()).block(WAIT))
                    .isInstanceOf(Problem.class);
        } finally {
            STRIPE.delete("/_simulator/faults");
        }

        flow.byUser(wish(), inThirtyDays()).block(WAIT);

        assertThat(shownAtStripe().at("/pause_collection/behavior").asString()).isEqualTo("keep_as_draft");
    }

    /** Else a change to another product and a new start of the old one is a pause more, again and again. */
    @Test
    void aPauseIsHadOfItsProductWhateverTheSubscriptionIsChangedTo() {
        var flow = flow(1);
        subscribes("starter-monthly", 1);
        flow.byUser(wish(), inThirtyDays()).block(WAIT);
        ok(act("resume", ""));
        askedEarlier("2 hours");
        execute("update subscription_pauses set began_at = began_at - interval '2 hours' where subscription_id = '" + id
                + "'");
        String item = shownAtStripe().at("/items/data/0/id").asString();
        STRIPE.post(
                "/v1/subscriptions/" + stripeId, "items[0][id]=" + item + "&items[0][price]=" + priceOf("pro-monthly"));
        deliverAll();
        assertThat(column("plan_id")).isEqualTo("pro-monthly");

        subscribes("starter-monthly", 1);

        assertUsedUp(flow, wish());
    }

    private PauseFlow flow(int timesAYear) {
        var settings = new PauseSettings(true, Duration.ofDays(31), timesAYear, PauseSettings.Behavior.KEEP_AS_DRAFT);
        return new PauseFlow(act, stripe, requests, settings, present);
    }

    private static Instant inThirtyDays() {
        return Instant.now().plus(30, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    }

    private void askedEarlier(String by) {
        execute("update pause_requests set asked_at = asked_at - interval '" + by + "' where subscription_id = '" + id
                + "'");
    }

    private void assertUsedUp(PauseFlow flow, SubscriptionActionTemplate.ActionCommand request) {
        assertThatThrownBy(() -> flow.byUser(request, inThirtyDays()).block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("pauses-used-up"));
    }

    private SubscriptionActionTemplate.ActionCommand wish() {
        return new SubscriptionActionTemplate.ActionCommand(user, UUID.fromString(id), UUID.randomUUID());
    }
}
