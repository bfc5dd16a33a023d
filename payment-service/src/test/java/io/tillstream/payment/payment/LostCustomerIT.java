package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.simulated.SimulatedStripe;
import io.tillstream.stripe.StripeUnavailable;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Stripe has lost the customer that we know, as an account that was emptied; nobody told us. */
class LostCustomerIT extends SimulatedStripe {

    private static final String CARD = "'payment': {'method': 'card', 'paymentMethodId': 'pm_card_visa'}";

    @Autowired
    private PaymentSweep sweep;

    @Autowired
    private Payments payments;

    private JsonNode pay(UUID id, String payment) {
        return json(asked(id, payment).expectStatus().isOk());
    }

    private WebTestClient.ResponseSpec asked(UUID id, String payment) {
        String order = """
            {"reference": "%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
             "lines": [{"name": "Emma", "quantity": 1, "unitAmount": 1999}], %s}\
            """.formatted("order-" + id, user, payment.replace('\'', '"'));
        return as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", id.toString())
                .bodyValue(order)
                .exchange();
    }

    private String lostAtStripe() {
        pay(UUID.randomUUID(), "'payment': {'method': 'card', 'paymentMethodId': 'pm_card_visa'}");
        String lost = customerId();
        STRIPE.delete("/v1/customers/" + lost);
        return lost;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'payment': {'method': 'card', 'paymentMethodId': 'pm_card_visa'}",
                "'payment': {'method': 'card', 'paymentMethodId': 'pm_card_visa', 'save': true}",
                "'payment': {'method': 'token', 'token': 'tok_visa'}"
            })
    void theBuyerPaysAtOnceAndIsNotToldThatTheirCardWasDeclined(String payment) {
        String lost = lostAtStripe();
        UUID id = UUID.randomUUID();

        JsonNode paid = pay(id, payment);

        assertThat(paid.path("status").asString()).as(paid.toString()).isEqualTo("succeeded");
        assertThat(customerId()).isNotEqualTo(lost);
        assertThat(texts("select stripe_customer_id from former_customers where user_id = '" + user + "'"))
                .containsExactly(lost);
        JsonNode again = pay(id, payment);
        assertThat(again.path("status").asString()).isEqualTo("succeeded");
        assertThat(succeededOf(id)).hasSize(1);
    }

    @Test
    void thePageOnWhichTheBuyerPaysOpensAtOnceToo() {
        lostAtStripe();

        JsonNode page = pay(
                UUID.randomUUID(),
                "'payment': {'method': 'checkout', 'successUrl': 'https://shop.example/ok', 'cancelUrl':"
                        + " 'https://shop.example'}");

        assertThat(page.path("status").asString()).as(page.toString()).isEqualTo("action_required");
    }

    @Test
    void aSavedCardOfTheLostCustomerIsGoneAndToldAsThat() {
        String card = saved("pm_card_visa");
        STRIPE.delete("/v1/customers/" + customerId());

        JsonNode paid =
                pay(UUID.randomUUID(), "'payment': {'method': 'saved_card', 'paymentMethodId': '" + card + "'}");

        assertThat(paid.path("status").asString()).isEqualTo("failed");
        assertThat(paid.path("failure").path("code").asString()).isEqualTo("payment_method_gone");
        assertThat(paid.path("failure").path("kind").asString())
                .as("whoever tells the buyer goes by it")
                .isEqualTo("unusable");
        assertThat(get("/api/payment-methods").path("data")).isEmpty();
    }

    /** What they had asked for before is theirs no more: no customer is made anew for it, and no card charged. */
    @Test
    void whoWasDeletedMeanwhilePaysNothingAnyMore() {
        pay(UUID.randomUUID(), CARD);
        STRIPE.control(
                "/_simulator/faults",
                "{\"operation\":\"POST /v1/payment_intents\",\"kind\":\"close_before\",\"times\":20}");
        UUID id = UUID.randomUUID();
        asked(id, CARD).expectStatus().isAccepted();
        as(user).delete().uri("/api/customers/me").exchange().expectStatus().isNoContent();
        STRIPE.delete("/_simulator/faults");

        var found = sweep.findOut(Objects.requireNonNull(payments.find(id).block(WAIT)))
                .block(WAIT);

        assertThat(Objects.requireNonNull(found).status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(customersOf(user))
                .allSatisfy(one -> assertThat(one.path("deleted").asBoolean()).isTrue());
        assertThat(customerId()).isNull();
    }

    /**
     * Stripe lists nothing of a customer that it does not know: the order would wait for that payment for ever. It is asked for
     * with another customer, as it would be while its buyer waits.
     */
    @Test
    void aPaymentWithoutAnAnswerEndsWhereStripeDoesNotEvenKnowTheCustomer() {
        pay(UUID.randomUUID(), CARD);
        UUID id = unanswered();
        STRIPE.delete("/v1/customers/" + customerId());
        ON_THE_WAY.refuses("GET", "/v1/payment_intents", NO_SUCH_CUSTOMER);

        var found = sweep.findOut(Objects.requireNonNull(payments.find(id).block(WAIT)))
                .block(WAIT);

        assertThat(Objects.requireNonNull(found).status()).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(succeededOf(id)).hasSize(1);
    }

    /** Stripe keeps a failure for the key and may have taken the money before; then it lists nothing more of the customer. */
    @ParameterizedTest
    @CsvSource({"1 minute, 2", "1 hour, 3"})
    void whatStripeMayHaveTakenBeforeItLostTheCustomerIsNeitherTakenTwiceNorCalledFailed(String ago, int questions) {
        pay(UUID.randomUUID(), CARD);
        UUID id = unanswered("error_after");
        execute("update payments set created_at = now() - interval '" + ago + "' where id = '" + id + "'");
        for (int i = 0; i < questions; i++) {
            ON_THE_WAY.refuses("GET", "/v1/payment_intents", NO_SUCH_CUSTOMER);
        }

        var found = sweep.findOut(Objects.requireNonNull(payments.find(id).block(WAIT)))
                .block(WAIT);

        assertThat(Objects.requireNonNull(found).status()).isEqualTo(PaymentStatus.UNKNOWN);
        assertThat(texts("select stripe_attempt from payments where id = '" + id + "'"))
                .containsExactly("0");
        assertThat(Objects.requireNonNull(sweep.findOut(found).block(WAIT)).status())
                .isEqualTo(PaymentStatus.SUCCEEDED);
    }

    @Test
    void aListThatStripeRefusesForAnotherReasonIsNoProof() {
        pay(UUID.randomUUID(), CARD);
        UUID id = unanswered("error_after");
        Payment before = Objects.requireNonNull(payments.find(id).block(WAIT));
        ON_THE_WAY.refuses(
                "GET", "/v1/payment_intents", NO_SUCH_CUSTOMER.replace("\"customer\"", "\"starting_after\""));

        assertThatThrownBy(() -> sweep.findOut(before).block(WAIT)).isInstanceOf(StripeUnavailable.class);

        assertThat(texts("select status from payments where id = '" + id + "'")).containsExactly("unknown");
    }

    private static final String NO_SUCH_CUSTOMER =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",\"param\":\"customer\",\"message\":\"No"
                    + " such customer\"}}";

    private UUID unanswered() {
        return unanswered("close_before");
    }

    private UUID unanswered(String kind) {
        UUID id = UUID.randomUUID();
        STRIPE.control(
                "/_simulator/faults",
                "{\"operation\":\"POST /v1/payment_intents\",\"kind\":\"" + kind + "\",\"times\":20}");
        asked(id, CARD).expectStatus().isAccepted();
        STRIPE.delete("/_simulator/faults");
        return id;
    }

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    private static List<String> succeededOf(UUID id) {
        return texts("select id::text from payments where id = '" + id + "' and status = 'succeeded'");
    }
}
