package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.simulated.SimulatedStripe;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Nobody pays with a card that somebody else has saved. */
class CardOwnershipIT extends SimulatedStripe {

    private String stolen = "";

    @BeforeEach
    void somebodyElseHasACard() {
        stolen = json(post("victim-of-" + user, "/api/payment-methods", "{'paymentMethodId':'pm_card_visa'}")
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
    }

    private WebTestClient.ResponseSpec paysWith(UUID id, String card) {
        String order = """
            {'reference': 'order-%1$s', 'userId': '%2$s', 'amount': 1999, 'currency': 'usd', 'description': 'Books',
             'lines': [{'name': 'Emma', 'quantity': 1, 'unitAmount': 1999}],
             'payment': {'method': 'saved_card', 'paymentMethodId': '%3$s'}}\
            """.formatted(id, user, card);
        return as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", id.toString())
                .bodyValue(order.replace('\'', '"'))
                .exchange();
    }

    private void isRefused(String card) {
        UUID id = UUID.randomUUID();
        JsonNode no = json(paysWith(id, card).expectStatus().isEqualTo(422));
        assertThat(no.path("code").asString()).isEqualTo("payment-method-unusable");
        assertThat(no.at("/errors/0/field").asString()).isEqualTo("payment.paymentMethodId");
        assertThat(STRIPE.get("/v1/payment_intents?limit=100").path("data").valueStream())
                .as("Stripe was not even asked")
                .noneMatch(intent ->
                        intent.path("metadata").path("order_id").asString("").endsWith(id.toString())
                                || intent.path("payment_method").asString("").equals(card));
    }

    @Test
    void anotherUsersSavedCardPaysNothing() {
        isRefused(stolen);
        saved("pm_card_mastercard");
        isRefused(stolen);
    }

    /** Stripe has it at another customer, and its event has not come here. */
    @Test
    void norDoesOneThatOnlyStripeKnowsToBeAnothers() {
        String elsewhere = STRIPE.post("/v1/customers", "").path("id").asString();
        isRefused(STRIPE.post("/v1/payment_methods/pm_card_visa/attach", "customer=" + elsewhere)
                .path("id")
                .asString());
    }

    @Test
    void onesOwnSavedCardPays() {
        String own = saved("pm_card_mastercard");

        JsonNode paid = json(paysWith(UUID.randomUUID(), own).expectStatus().isOk());

        assertThat(paid.path("status").asString()).isEqualTo("succeeded");
    }
}
