package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who was told that a plan comes is told when it does not, on whatever road; or they ready what nobody gets. */
class ScheduledChangeEventsIT extends Subscriber {

    private static final String LATER = "{'planId':'starter-monthly','when':'period_end'}";

    @BeforeEach
    void aChangeIsPlanned() {
        subscribes("pro-monthly", 2);
        ok(act("change", LATER));
        deliverAll();
        assertThat(changes()).containsExactly("change_scheduled starter-monthly 1");
    }

    /** Those of planned changes, and whatever changed or ended the plan, oldest first. */
    private List<String> changes() {
        return texts(
                "select regexp_replace(type, '.*subscription.(.*).v1', '\\1') || coalesce(' ' || (payload::json ->>"
                        + " 'scheduledPlanId') || ' ' || (payload::json ->> 'scheduledQuantity'), '') from outbox where"
                        + " aggregate_id = '" + user
                        + "' and type ~ 'subscription.(change_|plan_changed|canceled|cancel_)'"
                        + " order by seq");
    }

    private String schedule() {
        return shownAtStripe().path("schedule").asString();
    }

    private void isTold(String... later) {
        assertThat(changes().get(0)).isEqualTo("change_scheduled starter-monthly 1");
        assertThat(changes().subList(1, changes().size())).containsExactly(later);
    }

    @Test
    void itsScheduleIsReleasedInTheDashboard() {
        made(STRIPE.post("/v1/subscription_schedules/" + schedule() + "/release", ""));
        deliverAll();
        isTold("change_unscheduled starter-monthly 1");
        assertThat(texts("select payload::json ->> 'scheduledAt' from outbox where aggregate_id = '" + user
                        + "' and type like '%change_unscheduled%'"))
                .isEqualTo(texts("select payload::json ->> 'scheduledAt' from outbox where aggregate_id = '" + user
                        + "' and type like '%change_scheduled%'"));
    }

    @Test
    void itsScheduleIsCanceledInTheDashboardAndTheSubscriptionWithIt() {
        made(STRIPE.post("/v1/subscription_schedules/" + schedule() + "/cancel", ""));
        deliverAll();
        assertThat(changes()).containsOnlyOnce("change_unscheduled starter-monthly 1");
        assertThat(column("status")).isEqualTo("canceled");
    }

    @Test
    void theSubscriptionEnds() {
        made(STRIPE.delete("/v1/subscriptions/" + stripeId));
        deliverAll();
        isTold("change_unscheduled starter-monthly 1", "canceled");
    }

    @Test
    void anotherIsPlannedInItsPlace() {
        ok(act("change", "{'planId':'pro-yearly','quantity':3,'when':'period_end'}"));
        deliverAll();
        isTold("change_unscheduled starter-monthly 1", "change_scheduled pro-yearly 3");
    }

    @Test
    void oneThatIsPlannedAgainIsToldAgain() {
        ok(act("change", "{'planId':'pro-yearly','quantity':3,'when':'period_end'}"));
        deliverAll();
        ok(act("change", "{'planId':'starter-monthly','quantity':1,'when':'period_end'}"));
        deliverAll();
        isTold(
                "change_unscheduled starter-monthly 1",
                "change_scheduled pro-yearly 3",
                "change_unscheduled pro-yearly 3",
                "change_scheduled starter-monthly 1");
    }

    @Test
    void theShopPlansAnotherInItsPlace() {
        JsonNode before = STRIPE.get("/v1/subscription_schedules/" + schedule());
        made(STRIPE.post(
                "/v1/subscription_schedules/" + schedule(),
                "phases[0][start_date]=" + before.at("/phases/0/start_date").asLong() + "&phases[0][end_date]="
                        + before.at("/phases/0/end_date").asLong() + "&phases[0][items][0][price]="
                        + priceOf("pro-monthly") + "&phases[0][items][0][quantity]=2&phases[1][items][0][price]="
                        + priceOf("starter-yearly")));
        deliverAll();
        isTold("change_unscheduled starter-monthly 1", "change_scheduled starter-yearly 1");
    }

    @Test
    void theShopChangesThePlanAtOnceInstead() {
        made(STRIPE.post("/v1/subscription_schedules/" + schedule() + "/release", ""));
        made(STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + shownAtStripe().at("/items/data/0/id").asString() + "&items[0][price]="
                        + priceOf("pro-yearly")));
        deliverAll();
        assertThat(changes())
                .containsExactlyInAnyOrder(
                        "change_scheduled starter-monthly 1", "change_unscheduled starter-monthly 1", "plan_changed");
    }

    @Test
    void itsUserLetsTheSubscriptionEndWithThePeriod() {
        ok(act("cancel", "{'when':'period_end'}"));
        deliverAll();
        assertThat(changes())
                .containsExactlyInAnyOrder(
                        "change_scheduled starter-monthly 1",
                        "change_unscheduled starter-monthly 1",
                        "cancel_scheduled");
    }

    @Test
    void itsUserRevokesIt() {
        ok(act("change/revoke", ""));
        deliverAll();
        isTold("change_unscheduled starter-monthly 1");
    }

    @Test
    void oneThatComesIsToldAsTheChangeOnly() {
        STRIPE.advance("P33D");
        deliverAll();
        isTold("plan_changed");
    }

    /** Its user is faster than what Stripe tells of the new period. */
    @Test
    void oneThatHasComeIsNotToldAsTakenBack() {
        STRIPE.advance("P33D");
        ok(act("change/revoke", ""));
        deliverAll();
        isTold("plan_changed");
    }

    @Test
    void oneThatHasComeIsNotToldAsReplaced() {
        STRIPE.advance("P33D");
        ok(act("change", "{'planId':'pro-yearly','quantity':3,'when':'period_end'}"));
        deliverAll();
        assertThat(changes())
                .containsExactlyInAnyOrder(
                        "change_scheduled starter-monthly 1", "plan_changed", "change_scheduled pro-yearly 3");
    }

    private static void made(JsonNode answer) {
        assertThat(answer.has("error")).as(answer.toString()).isFalse();
    }
}
