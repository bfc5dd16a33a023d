package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.simulated.SimulatedStripe;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * Stripe makes something else than it was asked for, in another currency, of another amount, for somebody else: it is
 * noticed, nobody can pay it, and the order can be paid all the same.
 *
 * @see <a href="https://docs.stripe.com/api/payment_intents/cancel">Stripe: cancel a PaymentIntent</a>
 * @see <a href="https://docs.stripe.com/api/checkout/sessions/expire">Stripe: expire a Session</a>
 */
class DifferentAnswersIT extends SimulatedStripe {

    private static final String PAGE =
            "{'method': 'checkout', 'successUrl': 'https://shop.example/ok', 'cancelUrl': 'https://shop.example'}";
    private static final String ELEMENT = "{'method': 'payment_element'}";
    private static final String CARD = "{'method': 'card', 'paymentMethodId': 'pm_card_visa'}";

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private PaymentSweep sweep;

    @Autowired
    private Payments payments;

    private final String reference = "order-" + UUID.randomUUID();

    private JsonNode pay(UUID attempt, String payment) {
        return json(as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", attempt.toString())
                .bodyValue("""
                {"reference": "%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
                 "lines": [{"name": "Emma", "quantity": 1, "unitAmount": 1999}], "payment": %s}""".formatted(reference, user, payment.replace('\'', '"')))
                .exchange()
                .expectStatus()
                .is2xxSuccessful());
    }

    private double alarms() {
        return meters.find("tillstream.stripe.faults").tag("fault", "answer").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private String somebodyElse() {
        return STRIPE.post("/v1/customers", "name=Somebody").path("id").asString();
    }

    private void isOurFault(JsonNode paid) {
        assertThat(paid.path("status").asString()).as(paid.toString()).isEqualTo("failed");
        assertThat(paid.path("failure").path("code").asString()).isEqualTo("answer_differs");
        assertThat(paid.has("clientSecret")).isFalse();
        assertThat(paid.has("checkoutUrl")).isFalse();
    }

    private void theNextTryPays() {
        assertThat(pay(UUID.randomUUID(), CARD).path("status").asString()).isEqualTo("succeeded");
    }

    @ParameterizedTest
    @CsvSource({"currency]=usd, currency]=eur", "unit_amount]=1999, unit_amount]=1998", "customer=cus_, customer="})
    void aPageThatIsNotWhatWasAskedForIsClosedBeforeAnybodyPaysOnIt(String asked, String made) {
        String other = made.equals("customer=") ? somebodyElse() : "";
        ON_THE_WAY.next(
                "POST",
                "/v1/checkout/sessions",
                form -> other.isEmpty()
                        ? form.replace(asked, made)
                        : form.replaceFirst("(^|&)customer=\\w+", "$1customer=" + other));
        double before = alarms();

        JsonNode paid = pay(UUID.randomUUID(), PAGE);

        isOurFault(paid);
        assertThat(alarms()).isEqualTo(before + 1);
        String session = paid.path("stripeCheckoutSessionId").asString();
        assertThat(STRIPE.get("/v1/checkout/sessions/" + session).path("status").asString())
                .isEqualTo("expired");
        theNextTryPays();
    }

    @ParameterizedTest
    @CsvSource({"currency=usd, currency=eur", "amount=1999, amount=1998", "customer=cus_, customer="})
    void anIntentThatIsNotWhatWasAskedForIsCanceledAndItsSecretIsForNobody(String asked, String made) {
        String other = made.equals("customer=") ? somebodyElse() : "";
        ON_THE_WAY.next(
                "POST",
                "/v1/payment_intents",
                form -> other.isEmpty()
                        ? form.replace(asked, made)
                        : form.replaceFirst("(^|&)customer=\\w+", "$1customer=" + other));
        double before = alarms();

        JsonNode paid = pay(UUID.randomUUID(), ELEMENT);

        isOurFault(paid);
        assertThat(alarms()).isEqualTo(before + 1);
        assertThat(statusAtStripe(paid)).isEqualTo("canceled");
        deliverAll();
        theNextTryPays();
    }

    @Test
    void whatWasTakenAtOnceInAnotherCurrencyIsNoDeclinedCardAndPaysNothing() {
        ON_THE_WAY.next("POST", "/v1/payment_intents", form -> form.replace("currency=usd", "currency=eur"));
        double before = alarms();

        JsonNode paid = pay(UUID.randomUUID(), CARD);

        assertThat(paid.path("failure").path("code").asString()).isEqualTo("amount_mismatch");
        assertThat(statusAtStripe(paid)).isEqualTo("succeeded");
        assertThat(alarms()).isGreaterThan(before);
        assertThat(texts("select status from payments where reference = '" + reference + "'"))
                .containsExactly("mismatched");
    }

    @Test
    void theSweepEndsOneWhoseAnswerWasLost() {
        ON_THE_WAY.next("POST", "/v1/payment_intents", form -> form.replace("currency=usd", "currency=eur"));
        STRIPE.next("POST /v1/payment_intents", "close_after");
        UUID attempt = UUID.randomUUID();
        assertThat(pay(attempt, ELEMENT).path("status").asString()).isEqualTo("processing");
        deliverAll();
        assertThat(texts("select status from payments where id = '" + attempt + "'"))
                .as("it waits for the sweep, whatever its events say")
                .containsExactly("unknown");

        var found = payments.find(attempt).flatMap(sweep::findOut).block(WAIT);

        assertThat(found.failure().code()).isEqualTo("answer_differs");
        assertThat(STRIPE.get("/v1/payment_intents/" + found.intentId())
                        .path("status")
                        .asString())
                .isEqualTo("canceled");
        theNextTryPays();
    }

    /** An API call of somebody else's changed it; its buyer comes back to pay. */
    @Test
    void oneThatBecameAnotherLaterIsEndedWhenItIsNextRead() {
        UUID attempt = UUID.randomUUID();
        JsonNode paid = pay(attempt, ELEMENT);
        assertThat(paid.path("clientSecret").asString()).contains("_secret_");
        STRIPE.post("/v1/payment_intents/" + paid.path("stripePaymentIntentId").asString(), "amount=2500");

        JsonNode again = pay(attempt, ELEMENT);

        isOurFault(again);
        assertThat(statusAtStripe(again)).isEqualTo("canceled");
    }

    @Test
    void aSecretToSaveACardWithSomebodyElseIsGivenToNobody() {
        pay(UUID.randomUUID(), ELEMENT); // there is a customer
        String other = somebodyElse();
        ON_THE_WAY.next(
                "POST", "/v1/setup_intents", form -> form.replaceFirst("(^|&)customer=\\w+", "$1customer=" + other));

        JsonNode told = json(
                post("/api/payment-methods/setup-intents", "{}").expectStatus().isEqualTo(500));

        assertThat(told.path("code").asString()).isEqualTo("stripe-answer-differs");
        assertThat(told.toString()).doesNotContain("_secret_");
    }

    private static String statusAtStripe(JsonNode paid) {
        return STRIPE.get("/v1/payment_intents/"
                        + paid.path("stripePaymentIntentId").asString())
                .path("status")
                .asString();
    }
}
