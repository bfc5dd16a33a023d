package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.payment.fake.RealPayments;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.IdempotencyKeyReuseCheck;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.idempotency.IdempotencyCleanUp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The contract with other services and users, over HTTP. */
class PaymentApiIT extends RealPayments {

    @LocalServerPort
    private int port;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping handlers;

    @Autowired
    private IdempotencyCleanUp cleanUp;

    private WebTestClient http = WebTestClient.bindToServer().build();

    @BeforeEach
    void client() {
        http = TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(WAIT)
                .build();
    }

    private WebTestClient.ResponseSpec post(String path, UUID key, String body) {
        return http.post()
                .uri(path)
                .header("Authorization", "Bearer " + TestTokens.shared().service("order-service"))
                .header("Idempotency-Key", key.toString())
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    private WebTestClient.ResponseSpec send(HttpMethod method, String path, String token, String key, String body) {
        return http.method(method)
                .uri(path)
                .header("Authorization", "Bearer " + token)
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    private WebTestClient.ResponseSpec get(String path, String token) {
        return http.get().uri(path).header("Authorization", "Bearer " + token).exchange();
    }

    private String order(String payment) {
        return """
                {"reference": "%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
                 "lines": [{"name": "Emma", "quantity": 1, "unitAmount": 1999}],
                 "shippingAddress": {"name": "A", "line1": "1 Road", "city": "Bath", "postalCode": "BA1", "country": "GB"},
                 %s}""".formatted(reference, user, payment);
    }

    private JsonNode pay(UUID key, String payment) {
        return post("/internal/payments", key, order(payment))
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
    }

    @Test
    void aPaymentIsAnsweredAsAgreedWithItsCallers() {
        UUID id = UUID.randomUUID();
        JsonNode paid =
                pay(id, "\"payment\": {\"method\": \"card\", \"paymentMethodId\": \"pm_card_visa\", \"save\": true}");
        assertThat(paid.get("id").stringValue()).isEqualTo(id.toString());
        assertThat(paid.get("status").stringValue()).isEqualTo("succeeded");
        assertThat(paid.get("amountReceived").longValue()).isEqualTo(1999);
        assertThat(paid.get("stripePaymentIntentId").stringValue()).startsWith("pi_");
        assertThat(paid.has("clientSecret")).isFalse();
        JsonNode payable = get(
                        "/internal/payables/" + reference + "?refresh=true",
                        TestTokens.shared().service("order-service"))
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
        assertThat(payable.get("status").stringValue()).isEqualTo("settled");
        assertThat(payable.at("/payments/0/intent/amountReceived").longValue()).isEqualTo(1999);
    }

    @Test
    void aKeyOfAnotherServiceNeverPaysOrRefundsSomethingElse() {
        UUID id = UUID.randomUUID();
        String visa = "\"payment\": {\"method\": \"card\", \"paymentMethodId\": \"pm_card_visa\"}";
        pay(id, visa);
        for (String other : List.of(
                order(visa).replace("1999", "2999"),
                order(visa).replace("usd", "eur"),
                order(visa).replace("pm_card_visa", "pm_card_mastercard"),
                order(visa).replace(reference, "ord_other"),
                order("\"payment\": {\"method\": \"payment_element\"}"))) {
            post("/internal/payments", id, other).expectStatus().isEqualTo(422);
        }
        UUID refund = UUID.randomUUID();
        String back = "/internal/payables/" + reference + "/refunds";
        post(back, refund, "{\"amount\": 100}").expectStatus().isOk();
        post(back, refund, "{\"amount\": 200}").expectStatus().isEqualTo(422);
        post(back, refund, "{\"amount\": 100}").expectStatus().isOk();
    }

    /** Stripe would refuse it, and its buyer would take that for a declined card: docs.stripe.com/currencies. */
    @ParameterizedTest
    @CsvSource({"49, usd", "100000000, usd", "17499, huf", "501, isk", "550, ugx", "5124, kwd", "500, hrk", "500, xxy"})
    void whatNobodyCanPayIsToldSoBeforeStripeIsAsked(long amount, String currency) {
        UUID id = UUID.randomUUID();
        String asked = order("\"payment\": {\"method\": \"card\", \"paymentMethodId\": \"pm_card_visa\"}")
                .replace("\"amount\": 1999", "\"amount\": " + amount)
                .replace("usd", currency);

        post("/internal/payments", id, asked)
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("amount-not-payable");

        assertThat(STRIPE.objects.ofAttempt("payment_intent", id)).isEmpty();
        assertThat(texts("select id::text from payments where reference = :reference"))
                .isEmpty();
    }

    /** Else one key opens three pages, and its user pays on any of them. */
    @Test
    void aKeyThatOpenedAPageOfOneKindOpensNoneOfAnother() {
        List<String> modes = List.of("payment", "setup", "subscription");
        for (String first : modes) {
            String key = UUID.randomUUID().toString();
            page(first, key).expectStatus().is2xxSuccessful();
            for (String mode : modes) {
                WebTestClient.ResponseSpec answer = page(mode, key);
                if (mode.equals(first)) {
                    answer.expectStatus().is2xxSuccessful();
                } else {
                    answer.expectStatus()
                            .isEqualTo(422)
                            .expectBody()
                            .jsonPath("$.code")
                            .isEqualTo("idempotency-key-reused");
                }
            }
        }
    }

    /** As each service asks for it, before it asks Stripe. */
    private WebTestClient.ResponseSpec page(String mode, String key) {
        UUID id = IdempotencyKey.of(user, "POST /api/checkout/sessions", key).id();
        String service = TestTokens.shared().service("order-service");
        return switch (mode) {
            case "payment" ->
                post(
                        "/internal/checkout-sessions",
                        id,
                        order(
                                        "\"successUrl\": \"http://localhost:8080/done\", \"cancelUrl\": \"http://localhost:8080/\"")
                                .replace(reference, "ord_" + key));
            case "setup" ->
                send(
                        HttpMethod.POST,
                        "/api/checkout/sessions",
                        TestTokens.shared().user(user),
                        key,
                        "{\"mode\": \"setup\", \"successUrl\": \"http://localhost:8080/done\","
                                + " \"cancelUrl\": \"http://localhost:8080/\"}");
            default -> send(HttpMethod.PUT, "/internal/customers/" + user, service, id.toString(), "{}");
        };
    }

    private List<String> idempotentPaths() {
        return handlers.getHandlerMethods().entrySet().stream()
                .filter(one -> one.getValue().hasMethodAnnotation(Idempotent.class))
                .flatMap(one -> one.getKey().getPatternsCondition().getPatterns().stream())
                .map(PathPattern::getPatternString)
                .toList();
    }

    private List<String> keyedPaths() {
        return handlers.getHandlerMethods().entrySet().stream()
                .filter(one ->
                        List.of(one.getValue().getMethod().getParameterTypes()).contains(IdempotencyKey.class))
                .flatMap(one -> one.getKey().getPatternsCondition().getPatterns().stream())
                .map(PathPattern::getPatternString)
                .toList();
    }

    @Test
    void noEndpointForgetsWhatAKeyStoodFor() {
        List<String> paths = keyedPaths();
        assertThat(paths).contains("/api/payment-methods", "/api/checkout/sessions", "/api/customers");
        assertThat(new IdempotencyKeyReuseCheck(
                                "http://127.0.0.1:" + port, TestTokens.shared().operator(), DATABASE)
                        .thatForgetTheirRequest(paths))
                .isEmpty();
    }

    @Test
    void noEndpointTakesTheSameIdInCapitalsForAnotherOne() {
        assertThat(new IdempotencyKeyReuseCheck(
                                "http://127.0.0.1:" + port, TestTokens.shared().operator(), DATABASE)
                        .thatTellSpellingsApart(idempotentPaths()))
                .isEmpty();
    }

    @Test
    void noEndpointKeepsAKeyForEverThatNothingCameOf() {
        assertThat(new IdempotencyKeyReuseCheck(
                                "http://127.0.0.1:" + port, TestTokens.shared().operator(), DATABASE)
                        .thatKeepEachKey(keyedPaths(), () -> cleanUp.round().block(WAIT)))
                .isEmpty();
    }

    @Test
    void aDeclineIsAnAnswerHere() {
        JsonNode declined = pay(
                UUID.randomUUID(),
                "\"payment\": {\"method\": \"card\", \"paymentMethodId\": \"pm_card_Declined_stolen\"}");
        assertThat(declined.get("status").stringValue()).isEqualTo("failed");
        assertThat(declined.at("/failure/declineCode").stringValue()).isEqualTo("stolen_card");
        assertThat(declined.at("/failure/retryable").booleanValue()).isFalse();
    }

    /**
     * Whoever tries a card that was lost or stolen does not learn that it is known; who runs the shop does.
     *
     * @see <a href="https://docs.stripe.com/declines/codes">Stripe: decline codes, and which not to report</a>
     */
    @ParameterizedTest
    @ValueSource(
            strings = {"fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "restricted_card", "stolen_card"
            })
    void aReasonThatBuyersMustNotLearnIsForOperatorsOnly(String reason) {
        UUID id = UUID.randomUUID();
        JsonNode inside = pay(
                id,
                "\"payment\": {\"method\": \"card\", \"paymentMethodId\": \"" + StripeObjects.DECLINED_FOR + reason
                        + "\"}");
        assertThat(inside.at("/failure/declineCode").stringValue()).isEqualTo(reason);

        String token = TestTokens.shared().user(user);
        for (String path : List.of("/api/payments", "/api/payments/" + id)) {
            String seen = text(get(path, token));
            assertThat(seen)
                    .contains("generic_decline", "Your card was declined.")
                    .doesNotContain(reason);
        }
        assertThat(texts("select payload from outbox where aggregate_id = :reference and type like '%payment.failed%'"))
                .singleElement()
                .asString()
                .contains("generic_decline")
                .doesNotContain(reason);
        assertThat(text(get(
                        "/api/admin/payments?orderId=" + reference,
                        TestTokens.shared().operator())))
                .contains("\"declineCode\":\"" + reason + "\"");
    }

    private static String text(WebTestClient.ResponseSpec response) {
        byte[] body = response.expectStatus().isOk().expectBody().returnResult().getResponseBody();
        return new String(body == null ? new byte[0] : body, StandardCharsets.UTF_8);
    }

    @Test
    void aSessionIsAnsweredTruthfullyOnReturnBeforeAnyEvent() {
        UUID id = UUID.randomUUID();
        JsonNode session = post(
                        "/internal/checkout-sessions",
                        id,
                        order(
                                "\"successUrl\": \"http://localhost:8080/ok\", \"cancelUrl\": \"http://localhost:8080/\", \"uiMode\": \"hosted\""))
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
        String sessionId = session.get("stripeCheckoutSessionId").stringValue();
        assertThat(session.get("checkoutUrl").stringValue()).startsWith("https://checkout.stripe.com/");
        String path = "/api/checkout/sessions/" + sessionId;
        get(path, TestTokens.shared().user(user))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("open");
        STRIPE.objects.paySession(
                STRIPE.objects.ofAttempt("checkout.session", id).get(0));
        get(path, TestTokens.shared().user(user))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("complete")
                .jsonPath("$.payment")
                .isEqualTo("succeeded");
        get(path, TestTokens.shared().user("mallory")).expectStatus().isNotFound();
    }

    @Test
    void aUserSeesTheirOwnPaymentsAndNobodyElses() {
        UUID id = UUID.randomUUID();
        pay(id, "\"payment\": {\"method\": \"card\", \"paymentMethodId\": \"pm_card_visa\"}");
        post("/internal/payables/" + reference + "/refunds", UUID.randomUUID(), "{\"amount\": 500}")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("succeeded");
        get("/api/payments", TestTokens.shared().user(user))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.data.length()")
                .isEqualTo(1)
                .jsonPath("$.data[0].amountRefunded")
                .isEqualTo(500)
                .jsonPath("$.data[0].refunds[0].amount")
                .isEqualTo(500);
        hasPaymentsOf(reference, user, 1);
        hasPaymentsOf("another", user, 0);
        hasPaymentsOf(reference, "mallory", 0);
        get("/api/payments/" + id, TestTokens.shared().user(user))
                .expectStatus()
                .isOk();
        get("/api/payments/" + id, TestTokens.shared().user("mallory"))
                .expectStatus()
                .isNotFound();
    }

    private void hasPaymentsOf(String order, String whose, int count) {
        get("/api/payments?orderId=" + order, TestTokens.shared().user(whose))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.data.length()")
                .isEqualTo(count);
    }

    @Test
    void anOperatorFindsAnyUsersPaymentAndAUserDoesNot() {
        pay(UUID.randomUUID(), "\"payment\": {\"method\": \"payment_element\"}");
        String path = "/api/admin/payments?orderId=" + reference + "&status=action_required";
        get(path, TestTokens.shared().operator())
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.data[0].userId")
                .isEqualTo(user);
        get(path, TestTokens.shared().user(user)).expectStatus().isForbidden();
    }

    @Test
    void anOperatorSeesWhyAPaymentIsInItsState() {
        UUID id = UUID.randomUUID();
        String intent = pay(id, "\"payment\": {\"method\": \"card\", \"paymentMethodId\": \"pm_card_visa\"}")
                .path("stripePaymentIntentId")
                .asString();
        post("/internal/payables/" + reference + "/refunds", UUID.randomUUID(), "{\"amount\": 100}")
                .expectStatus()
                .isOk();
        String operator = TestTokens.shared().operator();

        get("/api/admin/payments?paymentIntent=" + intent, operator)
                .expectBody()
                .jsonPath("$.data.length()")
                .isEqualTo(1)
                .jsonPath("$.data[0].id")
                .isEqualTo(id.toString());
        get("/api/admin/payments/" + id, operator)
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.refunds[0].amount")
                .isEqualTo(100)
                .jsonPath("$.timeline[-1:].to")
                .isEqualTo("succeeded")
                .jsonPath("$.timeline[0].cause")
                .isNotEmpty();
        get("/api/admin/payments/" + UUID.randomUUID(), operator).expectStatus().isNotFound();
        get("/api/admin/payments/" + id, TestTokens.shared().user(user))
                .expectStatus()
                .isForbidden();
    }

    @Test
    void aUsersTokenOpensNoInternalDoor() {
        http.post()
                .uri("/internal/payables/{reference}/close", reference)
                .header("Authorization", "Bearer " + TestTokens.shared().user(user))
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    @Test
    void aFieldNobodyKnowsIsRefused() {
        post("/internal/payments", UUID.randomUUID(), order("\"price\": 1"))
                .expectStatus()
                .isBadRequest();
    }

    @Test
    void anEventOnKafkaSettlesAndIsToldOnKafka() {
        UUID id = UUID.randomUUID();
        pay(id, "\"payment\": {\"method\": \"payment_element\"}");
        ObjectNode intent = STRIPE.objects.ofAttempt("payment_intent", id).get(0);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", (Object) TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (StripeEvent event : STRIPE.objects.events.subList(before, STRIPE.objects.events.size())) {
                byte[] json = event.raw().toString().getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(PREFIX + "stripe.events", StripeObjects.id(intent), json));
                producer.send(new ProducerRecord<>(PREFIX + "stripe.events", StripeObjects.id(intent), json));
            }
        }
        await().atMost(WAIT).untilAsserted(() -> assertThat(TestKafka.records(PREFIX + "payments.events").stream()
                        .filter(record -> reference.equals(record.key())))
                .hasSize(1));
    }
}
