package io.tillstream.payment.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.payment.simulated.SimulatedStripe;
import io.tillstream.testing.AlteringProxy;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;

/**
 * Our own request is wrong: that is neither the caller's card nor their words, nor the state of anything. Whoever looks after the
 * shop hears of it each time, with Stripe's name of the request.
 */
@ExtendWith(OutputCaptureExtension.class)
class OurFaultsIT extends SimulatedStripe {

    private static final String UNKNOWN =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"parameter_unknown\",\"param\":\"%s\","
                    + "\"message\":\"Received unknown parameter\"}}";

    @Autowired
    private MeterRegistry meters;

    /** A request of somebody, and the call to Stripe that it comes to. */
    private record Asked(String method, String pathEnd, String param, Supplier<ResponseSpec> request) {
        Asked(String method, String pathEnd, Supplier<ResponseSpec> request) {
            this(method, pathEnd, "nonsense", request);
        }
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                named("a person's name", test -> test.named("nonsense")),
                named("a person's e-mail address, by its own name", test -> test.named("email")),
                named("a card to save", OurFaultsIT::attached),
                named(
                        "a token to save",
                        test -> new Asked(
                                "POST",
                                "/v1/payment_methods",
                                () -> test.post("/api/payment-methods", "{'token':'tok_visa'}"))),
                named(
                        "a form to save a card",
                        test -> new Asked(
                                "POST",
                                "/v1/setup_intents",
                                () -> test.post("/api/payment-methods/setup-intents", "{}"))),
                named("a saved card's expiry", test -> test.changed("{'expMonth':12,'expYear':2045}", "nonsense")),
                named(
                        "a saved card's expiry, by its own name",
                        test -> test.changed("{'expMonth':12,'expYear':2045}", "card[exp_year]")),
                named("the card that pays", OurFaultsIT::chosen),
                named("the card that pays a subscription", OurFaultsIT::forSubscriptions),
                named("a card to remove", OurFaultsIT::removed),
                named("a refund", OurFaultsIT::refunded));
    }

    private static Arguments named(String name, Function<OurFaultsIT, Asked> asked) {
        return arguments(Named.of(name, asked));
    }

    private Asked named(String param) {
        saved("pm_card_visa");
        return new Asked("POST", "/v1/customers/" + customerId(), param, () -> as(user).patch()
                .uri("/api/customers/me")
                .header("Content-Type", "application/json")
                .bodyValue("{\"name\":\"Alice\",\"email\":\"alice@example.org\"}")
                .exchange());
    }

    private Asked attached() {
        return new Asked("POST", "/attach", () -> post("/api/payment-methods", "{'paymentMethodId':'pm_card_visa'}"));
    }

    private Asked changed(String change, String param) {
        String card = saved("pm_card_visa");
        return new Asked(
                "POST", "/v1/payment_methods/" + card, param, () -> put(user, "/api/payment-methods/" + card, change));
    }

    private Asked chosen() {
        saved("pm_card_visa");
        String other = saved("pm_card_mastercard");
        return new Asked(
                "POST",
                "/v1/customers/" + customerId(),
                () -> put(user, "/api/payment-methods/" + other, "{'setAsDefault':true}"));
    }

    private Asked forSubscriptions() {
        String card = saved("pm_card_visa");
        String other = saved("pm_card_mastercard");
        String price = STRIPE.post(
                        "/v1/prices",
                        "currency=usd&unit_amount=900&recurring[interval]=month&product_data[name]=Starter")
                .path("id")
                .asString();
        String subscription = STRIPE.post(
                        "/v1/subscriptions",
                        "customer=" + customerId() + "&items[0][price]=" + price + "&default_payment_method=" + card)
                .path("id")
                .asString();
        return new Asked(
                "POST",
                "/v1/subscriptions/" + subscription,
                () -> put(user, "/api/payment-methods/" + other, "{'setAsDefault':true,'forSubscriptions':true}"));
    }

    private Asked removed() {
        String card = saved("pm_card_visa");
        return new Asked("POST", "/detach", () -> as(user).delete()
                .uri("/api/payment-methods/" + card)
                .exchange());
    }

    /** Named by its amount it would be taken for one of more than is left. */
    private Asked refunded() {
        String reference = "order-" + UUID.randomUUID();
        paid(reference, "'method': 'card', 'paymentMethodId': 'pm_card_visa'")
                .expectStatus()
                .is2xxSuccessful();
        UUID key = UUID.randomUUID();
        return new Asked("POST", "/v1/refunds", "amount", () -> as("service")
                .post()
                .uri("/internal/payables/" + reference + "/refunds")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key.toString())
                .bodyValue("{\"amount\": 500}")
                .exchange());
    }

    private ResponseSpec paid(String reference, String payment) {
        String order = """
            {'reference': '%s', 'userId': '%s', 'amount': 1999, 'currency': 'usd', 'description': 'Books',
             'lines': [{'name': 'Emma', 'quantity': 1, 'unitAmount': 1999}], 'payment': {%s}}\
            """.formatted(reference, user, payment);
        return as("service")
                .post()
                .uri("/internal/payments")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .bodyValue(order.replace('\'', '"'))
                .exchange();
    }

    private double faults() {
        return meters.find("tillstream.stripe.faults").tag("fault", "request").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aWrongRequestOfOursIsNobodyElsesFault(Function<OurFaultsIT, Asked> what, CapturedOutput log) {
        Asked asked = what.apply(this);
        double before = faults();
        ON_THE_WAY.refuses(asked.method(), asked.pathEnd(), UNKNOWN.formatted(asked.param()));

        isOurs(asked.request().get());

        assertThat(faults() - before).as("alarms").isEqualTo(1);
        assertThat(log.getAll()).contains("parameter_unknown", AlteringProxy.REFUSED);
    }

    private static void isOurs(ResponseSpec answer) {
        JsonNode no = json(answer.expectStatus().isEqualTo(500));
        assertThat(no.path("code").asString()).isEqualTo("stripe-request-refused");
    }

    /** Their key stands for that refund, which was not made: they hear the same again, and another key makes it. */
    @Test
    void whoAsksForTheRefundAgainHearsTheSame() {
        Asked asked = refunded();
        ON_THE_WAY.refuses(asked.method(), asked.pathEnd(), UNKNOWN.formatted("amount"));
        isOurs(asked.request().get());

        isOurs(asked.request().get());
    }

    /**
     * Somebody pays, and Stripe refuses for a reason that no buyer can mend: told as a fault of ours, so somebody has to hear of it.
     * A missing customer is none, as it is made anew.
     *
     * @see <a href="https://docs.stripe.com/error-codes">Stripe: error codes</a>
     */
    @ParameterizedTest
    @CsvSource({
        "postal_code_invalid, shipping[address][postal_code]",
        "payment_intent_unexpected_state, ",
        "resource_missing, on_behalf_of"
    })
    void aPaymentThatFailsByOurFaultIsHeardOfWhateverReasonStripeGives(
            String code, @Nullable String param, CapturedOutput log) {
        double before = faults();
        String named = param == null ? "" : ",\"param\":\"" + param + "\"";
        ON_THE_WAY.refuses(
                "POST",
                "/v1/payment_intents",
                "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"" + code + "\"" + named
                        + ",\"message\":\"No.\"}}");

        JsonNode failed = json(paid("order-" + UUID.randomUUID(), "'method': 'card', 'paymentMethodId': 'pm_card_visa'")
                .expectStatus()
                .isOk());

        assertThat(failed.at("/failure/code").asString()).isEqualTo("request_refused");
        assertThat(failed.at("/failure/kind").asString()).isEqualTo("fault");
        assertThat(faults() - before).as("alarms").isEqualTo(1);
        assertThat(log.getAll()).contains(code, AlteringProxy.REFUSED);
    }

    /** What Stripe says of it is no fault of the card's owner: it stays attached, and so do the payments that use it. */
    @Test
    void aCardThatStripeDoesNotLetGoIsHeardOf(CapturedOutput log) {
        Asked asked = removed();
        double before = faults();
        ON_THE_WAY.refuses(
                asked.method(),
                asked.pathEnd(),
                "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"payment_method_unexpected_state\","
                        + "\"message\":\"No.\"}}");

        isOurs(asked.request().get());

        assertThat(faults() - before).as("alarms").isEqualTo(1);
        assertThat(log.getAll()).contains("payment_method_unexpected_state", AlteringProxy.REFUSED);
    }

    /** Whose a card is, or a page, Stripe does not say: that is no word that it is nobody's. */
    @Test
    void whatStripeRefusesToShowIsNotCalledMissing() {
        saved("pm_card_visa");
        String own = STRIPE.post("/v1/payment_methods/pm_card_mastercard/attach", "customer=" + customerId())
                .path("id")
                .asString();
        ON_THE_WAY.refuses("GET", "/v1/payment_methods/" + own, UNKNOWN.formatted("nonsense"));

        paid("order-" + UUID.randomUUID(), "'method': 'saved_card', 'paymentMethodId': '" + own + "'")
                .expectStatus()
                .isEqualTo(503);

        paid("order-" + UUID.randomUUID(), "'method': 'saved_card', 'paymentMethodId': '" + own + "'")
                .expectStatus()
                .isOk();
    }
}
