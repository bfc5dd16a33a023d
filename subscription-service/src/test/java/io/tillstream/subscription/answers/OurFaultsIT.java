package io.tillstream.subscription.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.testing.AlteringProxy;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
 * Our own request is wrong: that is neither the user's card nor their words, nor the state of what they have. Whoever looks after the
 * shop hears of it each time, with Stripe's name of the request.
 */
@ExtendWith(OutputCaptureExtension.class)
class OurFaultsIT extends Subscriber {

    private static final String UNKNOWN =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"parameter_unknown\",\"param\":\"nonsense\","
                    + "\"message\":\"Received unknown parameter: nonsense\"}}";
    private static final String BACK = "{'returnUrl':'http://localhost:8080/account'}";

    @Autowired
    private MeterRegistry meters;

    /** A request of somebody, and the call to Stripe that it comes to. */
    private record Asked(String method, String pathEnd, String content, Supplier<ResponseSpec> request) {
        Asked(String method, String pathEnd, Supplier<ResponseSpec> request) {
            this(method, pathEnd, "", request);
        }
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                named("another card", test -> test.otherCard(false)),
                named("another card for what is planned", test -> test.otherCard(true)),
                named("an invoice", OurFaultsIT::owed),
                named(
                        "the invoice to come",
                        test -> test.ofPrepaid("/v1/invoices/create_preview", () -> test.as(test.user)
                                .get()
                                .uri("/api/invoices/upcoming")
                                .exchange())),
                named("a refund", OurFaultsIT::refunded),
                named("a plan's product", test -> test.planned("/v1/products")),
                named("a plan's price", test -> test.planned("/v1/prices")),
                named("a cancel", test -> test.ofItself(() -> test.act("cancel", "{'when':'period_end'}"))),
                named(
                        "a pause",
                        test -> test.ofItself(() -> test.post(
                                "operator",
                                "/api/admin/subscriptions/" + test.id + "/pause",
                                "{'behavior':'void'}",
                                key()))),
                named(
                        "a quote",
                        test -> test.ofPrepaid(
                                "/v1/invoices/create_preview", () -> test.act("quote", "{'planId':'pro-monthly'}"))),
                named(
                        "a change",
                        test -> test.ofItself(() -> test.act("change", "{'planId':'pro-monthly','when':'now'}"))),
                named(
                        "a change to come",
                        test -> test.ofPrepaid(
                                "/v1/subscription_schedules",
                                () -> test.act("change", "{'planId':'pro-monthly','when':'period_end'}"))),
                named(
                        "a start",
                        test -> new Asked(
                                "POST",
                                "/v1/subscriptions",
                                test.customer(),
                                () -> test.ask("/api/subscriptions", "{'planId':'starter-monthly'}"))),
                named(
                        "a page to start on",
                        test -> new Asked(
                                "POST",
                                "/v1/checkout/sessions",
                                test.customer(),
                                () -> test.ask(
                                        "/api/checkout/sessions",
                                        "{'mode':'subscription','planId':'starter-monthly',"
                                                + "'successUrl':'http://localhost:8080/ok','cancelUrl':'http://localhost:8080'}"))),
                named(
                        "Stripe's portal",
                        test -> new Asked(
                                "POST",
                                "/v1/billing_portal/sessions",
                                test.customer(),
                                () -> test.post("/api/billing-portal/sessions", BACK))));
    }

    private static Arguments named(String name, Function<OurFaultsIT, Asked> asked) {
        return arguments(Named.of(name, asked));
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private Asked ofPrepaid(String pathEnd, Supplier<ResponseSpec> request) {
        subscribes("starter-monthly", 1);
        return new Asked("POST", pathEnd, stripeId, request);
    }

    private Asked ofItself(Supplier<ResponseSpec> request) {
        subscribes("starter-monthly", 1);
        return new Asked("POST", "/v1/subscriptions/" + stripeId, request);
    }

    private Asked otherCard(boolean planned) {
        subscribes("pro-monthly", 1);
        if (planned) {
            ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));
        }
        String card = savedCard("pm_card_mastercard");
        return new Asked(
                "POST",
                planned
                        ? "/v1/subscription_schedules/"
                                + shownAtStripe().path("schedule").asString()
                        : "/v1/subscriptions/" + stripeId,
                () -> put(user, "/api/subscriptions/" + id + "/payment-method", "{'paymentMethodId':'" + card + "'}"));
    }

    private Asked owed() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        STRIPE.advance("P20D");
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        String owed = invoices().get(0).path("id").asString();
        String good = savedCard("pm_card_mastercard");
        return new Asked(
                "POST",
                "/v1/invoices/" + owed + "/pay",
                () -> ask("/api/invoices/" + owed + "/pay", "{'paymentMethodId':'" + good + "'}"));
    }

    private Asked refunded() {
        subscribes("starter-monthly", 1);
        String bill = invoices().get(0).path("id").asString();
        String key = key();
        return new Asked(
                "POST",
                "/v1/refunds",
                () -> post("operator", "/api/admin/invoices/" + bill + "/refunds", "{'amount':300}", key));
    }

    private Asked planned(String pathEnd) {
        String product = "p" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        return new Asked(
                "POST",
                pathEnd,
                product,
                () -> post(
                        "operator",
                        "/api/plans",
                        "{'name':'" + product + "','product':'" + product
                                + "','interval':'month','prices':[{'amount':2000,'currency':'usd'}],'features':[]}"));
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
        ON_THE_WAY.refuses(asked.method(), asked.pathEnd(), asked.content(), UNKNOWN, () -> {});

        refused(asked.request().get(), 500, "stripe-request-refused");

        assertThat(faults() - before).as("alarms").isEqualTo(1);
        assertThat(log.getAll()).contains("parameter_unknown", AlteringProxy.REFUSED);
    }

    /** Their key stands for that refund, which was not made: they hear the same again, and another key makes it. */
    @Test
    void whoAsksForTheRefundAgainHearsTheSame() {
        Asked asked = refunded();
        ON_THE_WAY.refuses(asked.method(), asked.pathEnd(), UNKNOWN);
        refused(asked.request().get(), 500, "stripe-request-refused");

        refused(asked.request().get(), 500, "stripe-request-refused");
    }

    private static void failsBy(String error) {
        ON_THE_WAY.answers(
                "GET",
                "/v1/payment_intents/",
                "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"status\":\"requires_payment_method\","
                        + "\"last_payment_error\":" + error.replace('\'', '"') + "}");
    }

    /** Stripe tried to take the first payment by itself, and tells on its intent why that failed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'invalid_request_error','code':'parameter_unknown'}|500|stripe-request-refused|1",
                "{'type':'invalid_request_error','code':'payment_method_unactivated'}|422|payment-method-unusable|0",
                "{'type':'api_error'}|503|unavailable|0",
                "{'type':'card_error','code':'a_code_of_tomorrow'}|402|card-declined|0"
            })
    void aFirstPaymentThatFailedByNobodysNoIsNoDeclinedCard(String error, int status, String code, double alarms) {
        String card = savedCard(EMPTY_CARD);
        double before = faults();
        failsBy(error);

        JsonNode no = expect(
                ask("/api/subscriptions", "{'planId':'starter-monthly','paymentMethodId':'" + card + "'}"), status);

        assertThat(no.path("code").asString()).isEqualTo(code);
        assertThat(no.has("subscriptionId")).isTrue();
        assertThat(faults() - before).as("alarms").isEqualTo(alarms);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'invalid_request_error','code':'parameter_unknown'}|500|stripe-request-refused",
                "{'type':'invalid_request_error','code':'payment_method_unactivated'}|422|payment-method-unusable",
                "{'type':'api_error'}|503|unavailable",
                "{'type':'card_error','code':'a_code_of_tomorrow'}|402|card-declined"
            })
    void neitherIsAChangeThatWasNotPaid(String error, int status, String code) {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        failsBy(error);

        JsonNode no = expect(changes(quote), status);

        assertThat(no.path("code").asString()).isEqualTo(code);
        assertThat(no.at("/subscription/planId").asString()).isEqualTo("starter-monthly");
    }
}
