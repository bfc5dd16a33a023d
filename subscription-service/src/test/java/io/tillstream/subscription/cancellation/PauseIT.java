package io.tillstream.subscription.cancellation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.web.Problem;
import java.time.Clock;
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
    private Clock clock;

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
        var flow = new PauseFlow(act, stripe, requests, settings, clock);
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

    private SubscriptionActionTemplate.ActionCommand wish() {
        return new SubscriptionActionTemplate.ActionCommand(user, UUID.fromString(id), UUID.randomUUID());
    }
}
