package io.tillstream.simulator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.SubscriptionSchedule;
import com.stripe.param.SubscriptionScheduleCreateParams;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Subscriptions change as planned. */
class SchedulesTest extends Subscribing {
    private ObjectNode from(ObjectNode subscription) {
        return post("/v1/subscription_schedules", "from_subscription=" + Json.textOf(subscription, "id"));
    }

    private static String path(JsonNode schedule) {
        return "/v1/subscription_schedules/" + Json.textOf(schedule, "id");
    }

    private ObjectNode then(ObjectNode schedule, String price, String... more) {
        JsonNode now = schedule.path("phases").get(0);
        String[] params = new String[more.length + 5];
        params[0] = "phases[0][items][0][price]=" + Json.text(now.path("items").get(0), "price");
        params[1] = "phases[0][start_date]=" + Json.number(now, "start_date");
        params[2] = "phases[0][end_date]=" + Json.number(now, "end_date");
        params[3] = "phases[1][items][0][price]=" + price;
        params[4] = "phases[1][duration][interval]=month";
        System.arraycopy(more, 0, params, 5, more.length);
        return post(path(schedule), params);
    }

    @Test
    void aRunningSubscriptionGetsItsNextPlanWithTheNextPeriod() {
        ObjectNode subscription = subscribe(payer("pm_card_visa"), price("Gold", 2000, "month"));
        ObjectNode schedule = from(subscription);
        assertThat(Json.text(schedule, "status")).isEqualTo("active");
        assertThat(Json.number(schedule.path("current_phase"), "end_date")).isEqualTo(end(subscription));
        assertThat(Json.text(subscription(subscription), "schedule")).isEqualTo(Json.text(schedule, "id"));
        String basic = price("Basic", 500, "month");
        assertThat(then(schedule, basic).path("phases")).hasSize(2);
        long end = end(subscription);
        clock(end - 60);
        assertThat(Json.text(item(subscription(subscription)), "price.id")).isNotEqualTo(basic);
        clock(end + 7200);
        ObjectNode next = subscription(subscription);
        assertThat(Json.text(item(next), "price.id")).isEqualTo(basic);
        assertThat(Json.text(item(next), "id")).isEqualTo(Json.text(item(subscription), "id"));
        assertThat(amounts(invoice(next))).containsExactly(500L);
        assertThat(Json.text(invoice(next), "status")).isEqualTo("paid");
        assertThat(Json.number(get(path(schedule)).path("current_phase"), "start_date"))
                .isEqualTo(end);
        clock(end(next) + 60);
        ObjectNode over = get(path(schedule));
        assertThat(Json.text(over, "status")).isEqualTo("released");
        assertThat(Json.text(over, "released_subscription")).isEqualTo(Json.text(subscription, "id"));
        assertThat(Json.text(subscription(subscription), "status")).isEqualTo("active");
        assertThat(Json.text(subscription(subscription), "schedule")).isNull();
        assertThat(eventsOf(Json.textOf(schedule, "id")))
                .containsExactly(
                        "subscription_schedule.created",
                        "subscription_schedule.updated",
                        "subscription_schedule.updated",
                        "subscription_schedule.expiring",
                        "subscription_schedule.released");
    }

    @Test
    void aPlannedSubscriptionBeginsAndEndsByItself() throws StripeException {
        String price = price("Gold", 2000, "month");
        long start = Json.number(get("/v1/prices/" + price), "created") + 86_400;
        SubscriptionSchedule schedule = stripe.v1()
                .subscriptionSchedules()
                .create(SubscriptionScheduleCreateParams.builder()
                        .setCustomer(payer("pm_card_visa"))
                        .setStartDate(start)
                        .setEndBehavior(SubscriptionScheduleCreateParams.EndBehavior.CANCEL)
                        .addPhase(SubscriptionScheduleCreateParams.Phase.builder()
                                .addItem(SubscriptionScheduleCreateParams.Phase.Item.builder()
                                        .setPrice(price)
                                        .setQuantity(3L)
                                        .build())
                                .setDuration(SubscriptionScheduleCreateParams.Phase.Duration.builder()
                                        .setInterval(SubscriptionScheduleCreateParams.Phase.Duration.Interval.MONTH)
                                        .setIntervalCount(2L)
                                        .build())
                                .build())
                        .build());
        assertThat(schedule.getStatus()).isEqualTo("not_started");
        assertThat(schedule.getSubscription()).isNull();
        clock(start + 60);
        String path = "/v1/subscription_schedules/" + schedule.getId();
        ObjectNode subscription = get("/v1/subscriptions/" + Json.textOf(get(path), "subscription"));
        assertThat(Json.text(subscription, "status")).isEqualTo("active");
        assertThat(amounts(invoice(subscription))).containsExactly(6000L);
        assertThat(Json.number(subscription, "cancel_at"))
                .isEqualTo(Json.number(get(path).path("phases").get(0), "end_date"));
        pass("P70D");
        assertThat(Json.text(subscription(subscription), "status")).isEqualTo("canceled");
        assertThat(Json.text(get(path), "status")).isEqualTo("completed");
        assertThat(get("/v1/invoices?subscription=" + Json.textOf(subscription, "id"))
                        .path("data"))
                .hasSize(2);
    }

    @Test
    void aPhaseInTheMiddleOfAPeriodIsProrated() {
        ObjectNode subscription = subscribe(payer("pm_card_visa"), price("Gold", 3100, "month"));
        ObjectNode schedule = from(subscription);
        String more = price("Platinum", 6200, "month");
        JsonNode now = schedule.path("phases").get(0);
        long middle = start(subscription) + (end(subscription) - start(subscription)) / 2;
        post(
                path(schedule),
                "phases[0][items][0][price]=" + Json.text(now.path("items").get(0), "price"),
                "phases[0][start_date]=" + Json.number(now, "start_date"),
                "phases[0][end_date]=" + middle,
                "phases[1][items][0][price]=" + more,
                "phases[1][proration_behavior]=always_invoice");
        clock(middle + 60);
        ObjectNode changed = subscription(subscription);
        assertThat(Json.text(item(changed), "price.id")).isEqualTo(more);
        assertThat(Json.number(invoice(changed), "amount_paid")).isBetween(1549L, 1551L);
    }

    @Test
    void aReleasedScheduleChangesNothingAnyMore() {
        ObjectNode subscription = subscribe(payer("pm_card_visa"), price("Gold", 2000, "month"));
        ObjectNode schedule = from(subscription);
        then(schedule, price("Basic", 500, "month"));
        ObjectNode released = post(path(schedule) + "/release");
        assertThat(Json.text(released, "status")).isEqualTo("released");
        assertThat(Json.text(refusedPost(400, path(schedule) + "/cancel"), "message"))
                .contains("currently in the `released` status");
        clock(end(subscription) + 7200);
        assertThat(Json.number(invoice(subscription(subscription)), "amount_paid"))
                .isEqualTo(2000);
        assertThat(from(subscription(subscription)).path("phases")).hasSize(1);
        assertThat(Json.text(
                        refusedPost(
                                400,
                                "/v1/subscription_schedules",
                                "from_subscription=" + Json.textOf(subscription, "id")),
                        "message"))
                .contains("already attached to a schedule");
    }

    @Test
    void aScheduleEndsWithItsSubscriptionAndTheOtherWayRound() {
        ObjectNode first = subscribe(payer("pm_card_visa"), price("Gold", 2000, "month"));
        ObjectNode schedule = from(first);
        delete("/v1/subscriptions/" + Json.textOf(first, "id"));
        assertThat(Json.text(get(path(schedule)), "status")).isEqualTo("canceled");
        ObjectNode second = subscribe(payer("pm_card_visa"), price("Gold", 2000, "month"));
        ObjectNode other = from(second);
        assertThat(Json.text(post(path(other) + "/cancel"), "status")).isEqualTo("canceled");
        assertThat(Json.text(subscription(second), "status")).isEqualTo("canceled");
    }

    @Test
    void anotherRhythmIsBilledFromTheDayItBegins() {
        ObjectNode subscription = subscribe(payer("pm_card_visa"), price("Gold", 2000, "month"));
        ObjectNode schedule = from(subscription);
        String yearly = price("Gold yearly", 20_000, "year");
        then(schedule, yearly, "phases[1][duration][interval]=year");
        clock(end(subscription) + 7200);
        ObjectNode next = subscription(subscription);
        assertThat(Json.number(invoice(next), "amount_paid")).isEqualTo(20_000);
        assertThat(end(next) - start(next)).isGreaterThan(360L * 86_400);
        assertThat(get("/v1/invoices?subscription=" + Json.textOf(subscription, "id"))
                        .path("data"))
                .hasSize(2);
    }

    @Test
    void aChangeByHandIsTheCurrentPhaseFromThenOn() {
        ObjectNode subscription = subscribe(payer("pm_card_visa"), price("Gold", 2000, "month"));
        ObjectNode schedule = from(subscription);
        then(schedule, price("Basic", 500, "month"));
        String id = Json.textOf(subscription, "id");
        post(
                "/v1/subscriptions/" + id,
                "items[0][id]=" + Json.text(item(subscription), "id"),
                "items[0][quantity]=4",
                "proration_behavior=none");
        JsonNode phase = get(path(schedule)).path("phases").get(0);
        assertThat(Json.number(phase.path("items").get(0), "quantity")).isEqualTo(4);
        post("/v1/subscriptions/" + id, "cancel_at_period_end=true");
        clock(end(subscription) + 7200);
        assertThat(Json.text(subscription(subscription), "status")).isEqualTo("canceled");
        assertThat(Json.text(get(path(schedule)), "status")).isEqualTo("canceled");
    }

    @Test
    void aPhaseWhosePriceWasArchivedLeavesTheSubscriptionAsItIs() {
        ObjectNode subscription = subscribe(payer("pm_card_visa"), price("Gold", 2000, "month"));
        ObjectNode schedule = from(subscription);
        String basic = price("Basic", 500, "month");
        then(schedule, basic);
        post("/v1/prices/" + basic, "active=false");
        clock(end(subscription) + 7200);
        assertThat(Json.number(invoice(subscription(subscription)), "amount_paid"))
                .isEqualTo(2000);
    }
}
