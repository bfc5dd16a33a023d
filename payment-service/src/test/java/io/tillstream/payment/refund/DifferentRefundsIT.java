package io.tillstream.payment.refund;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.payment.simulated.SimulatedStripe;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Stripe gives back another amount than it was asked for: what it gave back counts, once, and is not asked for again. */
class DifferentRefundsIT extends SimulatedStripe {

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private RefundSweep sweep;

    private final String reference = "order-" + UUID.randomUUID();

    private JsonNode paid() {
        JsonNode paid = json(as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .bodyValue("""
                {"reference": "%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
                 "lines": [{"name": "Emma", "quantity": 1, "unitAmount": 1999}],
                 "payment": {"method": "card", "paymentMethodId": "pm_card_visa"}}""".formatted(reference, user))
                .exchange()
                .expectStatus()
                .is2xxSuccessful());
        deliverAll();
        return paid;
    }

    private WebTestClient.ResponseSpec givesBack(int amount) {
        return givesBack(UUID.randomUUID(), amount);
    }

    private WebTestClient.ResponseSpec givesBack(UUID key, int amount) {
        return as("service")
                .post()
                .uri("/internal/payables/" + reference + "/refunds")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key.toString())
                .bodyValue("{\"amount\": " + amount + "}")
                .exchange();
    }

    private static String less(String form) {
        return form.replace("amount=500", "amount=400");
    }

    private double alarms() {
        return meters.find("tillstream.stripe.faults").tag("fault", "answer").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static List<String> refundsOf(JsonNode paid) {
        return texts("select amount || ' ' || purpose || ' ' || status from refunds where payment_id = '"
                + paid.path("id").asString() + "'");
    }

    @Test
    void aRefundOfAnotherAmountCountsAsStripeMadeItAndItsOperatorIsTold() {
        JsonNode paid = paid();
        ON_THE_WAY.next("POST", "/v1/refunds", DifferentRefundsIT::less);
        double before = alarms();

        JsonNode told = json(givesBack(500).expectStatus().isEqualTo(500));

        assertThat(told.path("code").asString()).isEqualTo("stripe-answer-differs");
        assertThat(alarms()).isEqualTo(before + 1);
        assertThat(texts("select amount from refunds where payment_id = '"
                        + paid.path("id").asString() + "'"))
                .containsExactly("400");
    }

    /** Told that the key was used for another one, they would take a new key, and give the same money back twice. */
    @Test
    void whoAsksOnceMoreIsToldTheSame() {
        JsonNode paid = paid();
        UUID key = UUID.randomUUID();
        ON_THE_WAY.next("POST", "/v1/refunds", DifferentRefundsIT::less);
        givesBack(key, 500).expectStatus().isEqualTo(500);

        assertThat(json(givesBack(key, 500).expectStatus().isEqualTo(500))
                        .path("code")
                        .asString())
                .isEqualTo("stripe-answer-differs");
        givesBack(key, 400).expectStatus().isEqualTo(422);
        assertThat(refundsOf(paid)).containsExactly("400 requested succeeded");
    }

    /** Counted twice, 900 would be missing from what an operator can still give back. */
    @Test
    void oneWhoseEventComesBeforeItsAnswerIsCountedAndToldOnce() {
        JsonNode paid = paid();
        ON_THE_WAY.next("POST", "/v1/refunds", DifferentRefundsIT::less, this::deliverAll);

        givesBack(500).expectStatus().isEqualTo(500);
        deliverAll();

        assertThat(refundsOf(paid)).containsExactly("400 requested succeeded");
        assertThat(texts("select type from outbox where aggregate_id = '" + reference
                        + "' and type like '%payment.refunded%'"))
                .hasSize(1);
        givesBack(1599).expectStatus().is2xxSuccessful();
    }

    /** Asked for once more because its sum is another one, the money would go back twice. */
    @Test
    void oneWithoutAnAnswerIsNotMadeAgain() {
        JsonNode paid = paid();
        ON_THE_WAY.next("POST", "/v1/refunds", DifferentRefundsIT::less);
        STRIPE.next("POST /v1/refunds", "error_after");

        givesBack(500).expectStatus().is2xxSuccessful();
        execute("update refunds set next_ask_at = now() - interval '1 day' where payment_id = '"
                + paid.path("id").asString() + "'");
        sweep.round().block(WAIT);

        assertThat(STRIPE.get("/v1/refunds?payment_intent="
                                + paid.path("stripePaymentIntentId").asString())
                        .path("data"))
                .hasSize(1);
        assertThat(refundsOf(paid)).containsExactly("400 requested succeeded");
    }
}
