package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Stripe is slow, busy or broken: the buyer pays once, and hears the truth. */
@Order(60)
class StripeFaultsIT {
    private static final String CREATE = "POST /v1/payment_intents";

    @AfterEach
    void stripeIsWell() {
        Simulator.removeFaults();
    }

    @Test
    void aTimeOutAfterTheMoneyWasTakenTakesItOnceOnly() {
        String order = ALICE.orders();
        Simulator.plant(CREATE, "timeout_after", 1);

        Answer payment = ALICE.pays(order, User.card("pm_card_visa")).expect(201, 202);

        // Never failed without proof; Stripe's event may tell the truth while the buyer waits.
        assertThat(payment.text("/status")).isIn("processing", "succeeded");
        ALICE.seesSettled(order, "paid");
        assertChargedOnce(order);
    }

    @Test
    void whileTheOutcomeIsUnknownNobodyPaysAgain() {
        String order = ALICE.orders();
        Deliveries.hold();
        try {
            Simulator.plant(CREATE, "timeout_after", 1);
            ALICE.pays(order, User.card("pm_card_visa")).expect(202);

            ALICE.pays(order, User.card("pm_card_visa")).expect(409);
            ALICE.post("/api/orders/" + order + "/cancel", "{}").expect(409);
        } finally {
            Deliveries.release();
        }
        ALICE.seesSettled(order, "paid");
        assertChargedOnce(order);
    }

    /** Whether Stripe took the money before it broke, only asking again tells; that is a minute later. */
    @Test
    void aBrokenAnswerOfStripeChargesOnceWhetherTheMoneyWasTakenOrNot() {
        List<String> orders = new ArrayList<>();
        for (String fault : List.of("error_before", "error_after", "close_before", "close_after")) {
            String order = ALICE.orders();
            Simulator.plant(CREATE, fault, 1);
            ALICE.pays(order, User.card("pm_card_visa")).expect(201, 202);
            orders.add(order);
        }

        orders.forEach(order -> {
            ALICE.seesSettled(order, "paid", Duration.ofSeconds(150));
            assertChargedOnce(order);
        });
    }

    @Test
    void whenStripeHasTooMuchToDoTheBuyerWaitsAMoment() {
        String order = ALICE.orders();
        Simulator.plant(CREATE, "rate_limit", 2, "\"reason\": \"global-rate\"");

        ALICE.pays(order, User.card("pm_card_visa")).expect(201, 202);

        ALICE.seesSettled(order, "paid");
        assertChargedOnce(order);
        List<JsonNode> tries = Simulator.journal().stream()
                .filter(request -> request.path("status").asInt() == 429)
                .toList();
        assertThat(tries).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void deliveriesThatAreLostDoubledAndLateLoseNothing() {
        for (String fault : List.of("lost_answer", "duplicate", "delay", "reorder")) {
            Simulator.control("POST", "/deliveries/faults", """
                {"kind": "%s", "times": 3, "delay_millis": 500}\
                """.formatted(fault))
                    .expect(200);
        }
        try {
            for (int i = 0; i < 5; i++) {
                String order = ALICE.orders();
                String secret =
                        ALICE.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
                Simulator.confirm(secret, "pm_card_visa");
                ALICE.seesSettled(order, "paid");
            }
        } finally {
            Simulator.control("DELETE", "/deliveries/faults", null).expect(200);
        }
    }

    @Test
    void anEventOfAnOlderApiVersionIsUnderstood() {
        Simulator.control("POST", "/deliveries/faults", """
            {"kind": "older_version", "api_version": "2022-08-01"}\
            """).expect(200);
        try {
            String order = ALICE.orders();
            String secret = ALICE.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");

            Simulator.confirm(secret, "pm_card_visa");

            ALICE.seesSettled(order, "paid");
        } finally {
            Simulator.control("DELETE", "/deliveries/faults", null).expect(200);
        }
    }

    @Test
    void anEventOfLiveModeChangesNothingHere() {
        String order = ALICE.orders();
        ALICE.pays(order, User.PAYMENT_ELEMENT).expect(201);
        JsonNode intent = Simulator.intentOf(order);
        String event = """
            {"id": "evt_%s", "object": "event", "api_version": "2026-07-29.dahlia", "created": 1786000000,
             "data": {"object": %s}, "livemode": true, "pending_webhooks": 1, "type": "payment_intent.succeeded"}\
            """.formatted(
                        User.key().replace("-", ""),
                        intent.toString()
                                .replace("\"requires_payment_method\"", "\"succeeded\"")
                                .replace("\"amount_received\":0", "\"amount_received\":999"));

        Webhook.deliver(event);

        Quiet.await();
        assertThat(ALICE.status(order)).isEqualTo("awaiting_payment");
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
