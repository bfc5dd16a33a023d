package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Stripe is slow, busy or broken: the buyer pays once, and hears the truth. */
@Runs(Stage.LONG)
class StripeFaultsIT {
    private static final User STELLA = new User("stella"); // only here
    private static final String CREATE = "POST /v1/payment_intents";
    private static final String ORDER = "metadata.order_id";

    @Test
    void aTimeOutAfterTheMoneyWasTakenTakesItOnceOnly() {
        String order = STELLA.orders();
        Simulator.plant(CREATE, "timeout_after", 1, ORDER, order);

        Answer payment = STELLA.pays(order, User.card("pm_card_visa")).expect(201, 202);

        // Never failed without proof; Stripe's event may tell the truth while the buyer waits.
        assertThat(payment.text("/status")).isIn("processing", "succeeded");
        STELLA.seesSettled(order, "paid");
        assertChargedOnce(order);
    }

    @Test
    void whileTheOutcomeIsUnknownNobodyPaysAgain() {
        String order = STELLA.orders();
        try (Deliveries.Held held = Deliveries.hold(STELLA)) {
            assertThat(held.hold()).isNotEmpty();
            Simulator.plant(CREATE, "timeout_after", 1, ORDER, order);
            STELLA.pays(order, User.card("pm_card_visa")).expect(202);

            STELLA.pays(order, User.card("pm_card_visa")).expect(409);
            STELLA.post("/api/orders/" + order + "/cancel", "{}").expect(409);
        }
        STELLA.seesSettled(order, "paid");
        assertChargedOnce(order);
    }

    /** Whether Stripe took the money before it broke, only asking again tells; that is a minute later. */
    @Test
    void aBrokenAnswerOfStripeChargesOnceWhetherTheMoneyWasTakenOrNot() {
        List<String> orders = new ArrayList<>();
        for (String fault : List.of("error_before", "error_after", "close_before", "close_after")) {
            String order = STELLA.orders();
            Simulator.plant(CREATE, fault, 1, ORDER, order);
            STELLA.pays(order, User.card("pm_card_visa")).expect(201, 202);
            orders.add(order);
        }

        orders.forEach(order -> {
            STELLA.seesSettled(order, "paid");
            assertChargedOnce(order);
        });
    }

    @Test
    void whenStripeHasTooMuchToDoTheBuyerWaitsAMoment() {
        String order = STELLA.orders();
        Simulator.plant(CREATE, "rate_limit", 2, ORDER, order, "\"reason\": \"global-rate\"");

        STELLA.pays(order, User.card("pm_card_visa")).expect(201, 202);

        STELLA.seesSettled(order, "paid");
        assertChargedOnce(order);
        List<JsonNode> tries = Simulator.journal().stream()
                .filter(request -> request.path("status").asInt() == 429)
                .filter(request -> request.path("params").asString().contains(order))
                .toList();
        assertThat(tries).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void deliveriesThatAreLostDoubledAndLateLoseNothing() {
        List<Deliveries.Fault> planted = List.of("lost_answer", "duplicate", "delay", "reorder").stream()
                .map(fault -> Deliveries.plant(STELLA, fault, "\"times\": 3", "\"delay_millis\": 500"))
                .toList();
        try {
            for (int i = 0; i < 5; i++) {
                String order = STELLA.orders();
                String secret =
                        STELLA.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
                Simulator.confirm(secret, "pm_card_visa");
                STELLA.seesSettled(order, "paid");
            }
        } finally {
            planted.forEach(Deliveries.Fault::close);
        }
    }

    @Test
    void anEventOfAnOlderApiVersionIsUnderstood() {
        try (Deliveries.Fault older = Deliveries.plant(STELLA, "older_version", "\"api_version\": \"2022-08-01\"")) {
            assertThat(older.id()).isNotEmpty();
            String order = STELLA.orders();
            String secret = STELLA.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");

            Simulator.confirm(secret, "pm_card_visa");

            STELLA.seesSettled(order, "paid");
        }
    }

    @Test
    void anEventOfLiveModeChangesNothingHere() {
        String order = STELLA.orders();
        STELLA.pays(order, User.PAYMENT_ELEMENT).expect(201);
        JsonNode intent = Simulator.intentOf(order);
        String event = """
            {"id": "evt_%s", "object": "event", "api_version": "2026-07-29.dahlia", "created": 1786000000,
             "data": {"object": %s}, "livemode": true, "pending_webhooks": 1, "type": "payment_intent.succeeded"}\
            """.formatted(
                        User.key().replace("-", ""),
                        intent.toString()
                                .replace("\"requires_payment_method\"", "\"succeeded\"")
                                .replace("\"amount_received\":0", "\"amount_received\":999"));

        Webhook.deliver(event).expect(400);

        Quiet.await();
        assertThat(STELLA.status(order)).isEqualTo("awaiting_payment");
    }

    @Test
    void eventsOfOtherSystemsOnTheSameAccountAreLeftAlone() {
        Map<String, String> somebodyElses = Map.of(
                "amount",
                "777",
                "currency",
                "usd",
                "payment_method",
                "pm_card_visa",
                "confirm",
                "true",
                "return_url",
                "https://example.com");

        String intent = Simulator.stripe("POST", "/v1/payment_intents", somebodyElses)
                .expect(200)
                .id();

        Deliveries.eventsOfPayment(intent);
        String refund = Simulator.stripe("POST", "/v1/refunds", Map.of("payment_intent", intent, "amount", "111"))
                .expect(200)
                .id();
        await("Stripe tells of the refund").atMost(User.PATIENCE).until(() -> Deliveries.attemptsFor(refund).stream()
                .anyMatch(attempt -> attempt.path("outcome").asString().equals("delivered")));
        Quiet.await();
        assertThat(Databases.count(
                        Databases.PAYMENTS, "select count(*) from payments where stripe_intent_id = ?", intent))
                .isZero();
        assertThat(Databases.count(Databases.ORDERS, "select count(*) from parked_events where waits_for = ?", intent))
                .isZero();
    }

    private static void assertChargedOnce(String order) {
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
        String intent = Simulator.intentsOf(order).stream()
                .filter(each -> each.path("status").asString().equals("succeeded"))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asString();
        assertThat(Simulator.all("/v1/charges?payment_intent=" + intent))
                .filteredOn(charge -> charge.path("paid").asBoolean())
                .hasSize(1);
    }
}
