package io.tillstream.simulator.testclock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** docs.stripe.com/billing/testing/test-clocks/api-advanced-usage and docs.stripe.com/api/test_clocks. */
class TestClocksTest extends Subscribing {
    private static final String CLOCKS = "/v1/test_helpers/test_clocks";
    private static final long START = Instant.parse("2020-01-01T00:00:00Z").getEpochSecond();
    private static final long FEBRUARY = Instant.parse("2020-02-01T00:00:00Z").getEpochSecond();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private String clock() {
        return Json.textOf(post(CLOCKS, "frozen_time=" + START, "name=Leap year"), "id");
    }

    private String payerOf(String clock) {
        String customer = Json.textOf(post("/v1/customers", "test_clock=" + clock), "id");
        give(customer, "pm_card_visa");
        return customer;
    }

    private void advance(String clock, long to) {
        assertThat(Json.text(post(CLOCKS + "/" + clock + "/advance", "frozen_time=" + to), "status"))
                .isEqualTo("advancing");
        await().atMost(PATIENCE).until(() -> Json.is(get(CLOCKS + "/" + clock), "status", "ready"));
    }

    @Test
    void aSubscriptionRenewsByItsCustomersClockOnly() {
        String clock = clock();
        String price = price("Gold", 1000, "month");
        ObjectNode simulated = subscribe(payerOf(clock), price);
        ObjectNode real = subscribe(payer("pm_card_visa"), price);
        assertThat(Json.text(simulated, "test_clock")).isEqualTo(clock);
        assertThat(Json.number(simulated, "created")).isEqualTo(START);
        assertThat(end(simulated)).isEqualTo(FEBRUARY);

        advance(clock, FEBRUARY + Duration.ofHours(2).toSeconds());

        JsonNode renewal = invoice(subscription(simulated));
        assertThat(Json.text(renewal, "billing_reason")).isEqualTo("subscription_cycle");
        assertThat(Json.text(renewal, "status")).isEqualTo("paid");
        assertThat(Json.text(renewal, "test_clock")).isEqualTo(clock);
        assertThat(Json.number(renewal, "created")).isEqualTo(FEBRUARY);
        assertThat(start(subscription(simulated))).isEqualTo(FEBRUARY);
        assertThat(start(subscription(real))).isEqualTo(start(real));
        assertThat(Json.number(get(CLOCKS + "/" + clock), "frozen_time"))
                .isEqualTo(FEBRUARY + Duration.ofHours(2).toSeconds());
        assertThat(events(get(CLOCKS + "/" + clock)))
                .containsExactly(
                        "test_helpers.test_clock.created",
                        "test_helpers.test_clock.advancing",
                        "test_helpers.test_clock.ready");
    }

    @Test
    void theClockOfTheSimulatorDoesNotMoveThem() {
        ObjectNode simulated = subscribe(payerOf(clock()), price("Gold", 1000, "month"));
        pass("P90D");
        assertThat(end(subscription(simulated))).isEqualTo(FEBRUARY);
    }

    /** Stripe confirms it: github.com/stripe/stripe-python/issues/1183. */
    @Test
    void paymentsHaveTheRealTime() {
        ObjectNode simulated = subscribe(payerOf(clock()), price("Gold", 1000, "month"));
        JsonNode payments = get("/v1/payment_intents?customer=" + Json.textOf(simulated, "customer"));
        assertThat(Json.number(payments.path("data").get(0), "created"))
                .isGreaterThan(Instant.parse("2026-12-31T00:00:00Z").getEpochSecond());
    }

    @Test
    void aChangeProratesAtTheClocksTime() {
        String clock = clock();
        ObjectNode simulated = subscribe(payerOf(clock), price("Gold", 3100, "month"));
        advance(clock, START + Duration.ofDays(16).toSeconds());
        ObjectNode preview = post(
                "/v1/invoices/create_preview",
                "subscription=" + Json.textOf(simulated, "id"),
                "subscription_details[items][0][id]=" + Json.textOf(item(simulated), "id"),
                "subscription_details[items][0][price]=" + price("Platinum", 6200, "month"),
                "subscription_details[proration_behavior]=always_invoice");
        assertThat(amounts(preview)).containsExactly(-1500L, 3000L);
    }

    @Test
    void itCannotGoBackNorFartherThanTwoIntervals() {
        String clock = clock();
        subscribe(payerOf(clock), price("Gold", 1000, "month"));
        String advance = CLOCKS + "/" + clock + "/advance";
        assertThat(Json.text(refusedPost(400, advance, "frozen_time=" + START), "param"))
                .isEqualTo("frozen_time");
        long tooFar = Instant.parse("2020-03-02T00:00:00Z").getEpochSecond();
        assertThat(Json.text(refusedPost(400, advance, "frozen_time=" + tooFar), "param"))
                .isEqualTo("frozen_time");
        String empty = clock();
        refusedPost(
                400,
                CLOCKS + "/" + empty + "/advance",
                "frozen_time=" + (START + Duration.ofDays(800).toSeconds()));
    }

    @Test
    void itsCustomersAreListedWithItOnly() {
        String clock = clock();
        String customer = payerOf(clock);
        subscribe(customer, price("Gold", 1000, "month"));
        assertThat(get("/v1/customers").path("data")).isEmpty();
        assertThat(get("/v1/customers?test_clock=" + clock).path("data")).hasSize(1);
        assertThat(get("/v1/subscriptions").path("data")).isEmpty();
        assertThat(get("/v1/subscriptions?test_clock=" + clock).path("data")).hasSize(1);
        assertThat(get("/v1/subscriptions?customer=" + customer).path("data")).hasSize(1);
    }

    @Test
    void aClockHasThreeCustomersAtMost() {
        String clock = clock();
        for (int i = 0; i < 3; i++) {
            post("/v1/customers", "test_clock=" + clock);
        }
        assertThat(Json.text(refusedPost(400, "/v1/customers", "test_clock=" + clock), "param"))
                .isEqualTo("test_clock");
        assertThat(Json.text(refusedPost(400, "/v1/customers", "test_clock=clock_none"), "code"))
                .isEqualTo("resource_missing");
    }

    @Test
    void deletingItDeletesItsCustomersAndCancelsTheirSubscriptions() {
        String clock = clock();
        String customer = payerOf(clock);
        ObjectNode subscription = subscribe(customer, price("Gold", 1000, "month"));
        assertThat(Json.isTrue(delete(CLOCKS + "/" + clock), "deleted")).isTrue();
        assertThat(Json.isTrue(get("/v1/customers/" + customer), "deleted")).isTrue();
        assertThat(Json.text(subscription(subscription), "status")).isEqualTo("canceled");
        assertThat(get(CLOCKS).path("data")).isEmpty();
    }
}
