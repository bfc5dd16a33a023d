package io.tillstream.order.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.FakePaymentService;
import io.tillstream.order.RunningService;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PlacingAndPayingIT extends RunningService {

    @Test
    void theCatalogIsOpenToEveryone() {
        JsonNode page = json(nobody().get()
                .uri("/api/products?limit=5")
                .exchange()
                .expectStatus()
                .isOk());
        assertThat(page.path("data").size()).isEqualTo(5);
        assertThat(page.path("nextCursor").asString()).isNotEmpty();
        nobody().get().uri("/api/products/tidal-maps").exchange().expectStatus().isOk();
        nobody().get().uri("/api/products/sold-out").exchange().expectStatus().isNotFound();
        nobody().get().uri("/api/orders").exchange().expectStatus().isUnauthorized();
    }

    @Test
    void onlyOperatorsChangeTheCatalog() {
        String name = "Book " + UUID.randomUUID();
        String book = """
            {"name":"%s","description":"New","price":{"amount":700,"currency":"usd"}}\
            """.formatted(name);
        post("alice", "/api/products", book).expectStatus().isForbidden();
        JsonNode added =
                json(post("operator", "/api/products", book).expectStatus().isCreated());
        post("operator", "/api/products", book).expectStatus().isEqualTo(409);
        as("operator")
                .put()
                .uri("/api/products/" + added.path("id").asString())
                .header("Content-Type", "application/json")
                .bodyValue(book.replace("700", "800"))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.price.amount")
                .isEqualTo(800);
    }

    @Test
    void aCardThatWorksPaysTheOrder() {
        JsonNode order = json(post("alice", "/api/orders", orderPaidBy("pm_card_visa"))
                .expectStatus()
                .isCreated());
        assertThat(order.path("status").asString()).isEqualTo("paid");
        assertThat(order.path("total").path("amount").asLong()).isEqualTo(2000);
        assertThat(order.path("payment").path("status").asString()).isEqualTo("succeeded");
        JsonNode asked = PAYMENTS.askedFor(order.path("id").asString()).get(0);
        assertThat(asked.path("amount").asLong()).isEqualTo(2000);
        assertThat(asked.path("userId").asString()).isEqualTo("alice");
    }

    @ParameterizedTest
    @CsvSource({
        "token_already_used, unusable, 422, token-already-used",
        "payment_method_unusable, unusable, 422, payment-method-unusable",
        "payment_method_gone, unusable, 422, payment-method-unusable",
        "amount_not_payable, unusable, 422, amount-not-payable",
        "request_refused, fault, 500, payment-request-refused",
        "answer_differs, fault, 500, payment-answer-differs",
        "amount_mismatch, fault, 500, payment-answer-differs",
        "not_taken, not_taken, 409, payment-not-taken",
        "session_expired, not_taken, 409, payment-not-taken",
        "customer_missing, unavailable, 409, payment-not-taken",
        "stripe_error, unavailable, 409, payment-not-taken",
        "expired_card, declined, 402, card-declined",
        "a_code_of_tomorrow, declined, 402, card-declined",
        "a_code_of_tomorrow, fault, 500, payment-request-refused",
        "a_code_of_tomorrow, a_kind_of_tomorrow, 500, payment-request-refused",
        // of a release that tells no kind
        "token_already_used, , 422, token-already-used",
        "payment_method_gone, , 422, payment-method-unusable",
        "amount_not_payable, , 422, amount-not-payable",
        "not_taken, , 409, payment-not-taken",
        "customer_missing, , 409, payment-not-taken",
        "request_refused, , 500, payment-request-refused",
        "parameter_unknown, , 500, payment-request-refused",
        "a_code_of_tomorrow, , 500, payment-request-refused",
        "expired_card, , 402, card-declined",
        "card_declined, , 402, card-declined"
    })
    void whatIsNoDeclinedCardIsNotToldAsOneAndTheOrderStaysOpen(
            String failure, @Nullable String kind, int status, String code) {
        String card = FakePaymentService.FAILS + failure + (kind == null ? "" : FakePaymentService.KIND + kind);
        JsonNode refused = json(
                post("alice", "/api/orders", orderPaidBy(card)).expectStatus().isEqualTo(status));
        assertThat(refused.path("code").asString()).isEqualTo(code);
        assertThat(refused.path("failure").path("code").asString()).isEqualTo(failure);
        String id = refused.path("orderId").asString();
        json(post(
                        "alice",
                        "/api/orders/" + id + "/payments",
                        "{\"method\":\"card\",\"paymentMethodId\":\"pm_card_visa\"}")
                .expectStatus()
                .isCreated());
        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid");
    }

    @Test
    void aDeclinedCardIs402AndTheOrderCanBePaidAgain() {
        JsonNode declined = json(post("alice", "/api/orders", orderPaidBy("pm_card_declined"))
                .expectStatus()
                .isEqualTo(402)
                .expectHeader()
                .contentType("application/problem+json"));
        assertThat(declined.path("code").asString()).isEqualTo("card-declined");
        assertThat(declined.path("failure").path("declineCode").asString()).isEqualTo("generic_decline");
        String id = declined.path("orderId").asString();
        assertThat(order("alice", id).path("status").asString()).isEqualTo("payment_failed");
        post("alice", "/api/orders/" + id + "/payments", """
            {"method":"token","token":"tok_visa"}\
            """).expectStatus().isCreated();
        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid");
        assertThat(json(post("alice", "/api/orders/" + id + "/payments", """
            {"method":"token","token":"tok_visa"}\
            """)
                                .expectStatus()
                                .isEqualTo(409))
                        .path("code")
                        .asString())
                .isEqualTo("order-already-paid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":1,\"price\":1}]}",
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":1}],\"amount\":1}",
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":1.5}]}",
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":\"2\"}]}",
                "{\"items\":"
            })
    void aPriceOrAnythingElseUnknownIsMalformed(String body) {
        JsonNode problem =
                json(post("alice", "/api/orders", body).expectStatus().isBadRequest());
        assertThat(problem.path("code").asString()).isEqualTo("malformed-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\":[]}",
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":0}]}",
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":100}]}",
                "{\"items\":[{\"productId\":\"no-such-book\",\"quantity\":1}]}",
                "{\"items\":[{\"productId\":\"sold-out\",\"quantity\":1}]}",
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":1},{\"productId\":\"five-euros\",\"quantity\":1}]}",
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":1}],\"payment\":{\"method\":\"card\"}}",
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":1}],\"payment\":{\"method\":\"checkout\",\"successUrl\":\"https://evil.example/\",\"cancelUrl\":\"https://evil.example/\"}}"
            })
    void brokenRulesAre422(String body) {
        post("alice", "/api/orders", body).expectStatus().isEqualTo(422);
    }

    /** Hong Kong and some seventy other places have none. */
    @ParameterizedTest
    @ValueSource(strings = {"HK", "AE", "IE"})
    void aPlaceWithoutPostcodesNeedsNone(String country) {
        String order =
                "{\"items\":[{\"productId\":\"ten-dollars\",\"quantity\":1}],\"shippingAddress\":{\"name\":\"A\","
                        + "\"line1\":\"1 Queen's Road\",\"city\":\"Central\",\"country\":\"%s\"}}";

        assertThat(json(post("alice", "/api/orders", order.formatted(country))
                                .expectStatus()
                                .isCreated())
                        .at("/shippingAddress/country")
                        .asString())
                .isEqualTo(country);

        JsonNode refused = json(post("alice", "/api/orders", order.formatted("GB"))
                .expectStatus()
                .isEqualTo(422));
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo("shippingAddress.postalCode");
    }

    @Test
    void nobodySeesOrTouchesAnothersOrder() {
        String id = placed("alice");
        as("bob").get().uri("/api/orders/" + id).exchange().expectStatus().isNotFound();
        as("bob")
                .get()
                .uri("/api/orders/" + id + "/settlement")
                .exchange()
                .expectStatus()
                .isNotFound();
        as("bob")
                .get()
                .uri("/api/orders/" + id + "/timeline")
                .exchange()
                .expectStatus()
                .isNotFound();
        post("bob", "/api/orders/" + id + "/payments", "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                .expectStatus()
                .isNotFound();
        post("bob", "/api/orders/" + id + "/cancel", "{}").expectStatus().isNotFound();
        post("bob", "/api/orders/" + id + "/refunds", "{}").expectStatus().isForbidden();
        post("bob", "/api/checkout/sessions", """
            {"mode":"payment","orderId":"%s","successUrl":"http://localhost:8080/a","cancelUrl":"http://localhost:8080/b"}\
            """.formatted(id)).expectStatus().isNotFound();
        assertThat(PAYMENTS.askedFor(id)).isEmpty();
    }

    @Test
    void ownOrdersComeNewestFirstPageByPage() {
        String user = "reader-" + UUID.randomUUID();
        List<String> ids = IntStream.range(0, 5).mapToObj(i -> placed(user)).toList();
        JsonNode first = json(as(user).get()
                .uri("/api/orders?limit=3")
                .exchange()
                .expectStatus()
                .isOk());
        JsonNode second = json(as(user).get()
                .uri("/api/orders?limit=3&cursor=" + first.path("nextCursor").asString())
                .exchange()
                .expectStatus()
                .isOk());
        List<String> seen = Stream.concat(
                        first.path("data").valueStream(), second.path("data").valueStream())
                .map(order -> order.path("id").asString())
                .toList();
        assertThat(seen).containsExactly(ids.get(4), ids.get(3), ids.get(2), ids.get(1), ids.get(0));
        assertThat(second.path("nextCursor").isNull()).isTrue();
    }

    /** Else one buyer, or a tester of stolen cards, takes the time of all. */
    @Test
    void triesOfOneOrderAreBoundedAndTheBuyerIsToldWhenToComeBack() {
        String id = placed("alice");
        String declined = "{\"method\":\"card\",\"paymentMethodId\":\"pm_card_declined\"}";
        for (int i = 0; i < 15; i++) {
            post("alice", "/api/orders/" + id + "/payments", declined)
                    .expectStatus()
                    .isEqualTo(402);
        }
        JsonNode no = json(post("alice", "/api/orders/" + id + "/payments", declined)
                .expectStatus()
                .isEqualTo(429)
                .expectHeader()
                .exists("Retry-After"));
        assertThat(no.path("code").asString()).isEqualTo("too-many-payment-tries");
        assertThat(PAYMENTS.paymentsOf(id)).isEqualTo(15);
        execute("update order_payments set created_at = created_at - interval '25 hours' where order_id = '" + id
                + "'");
        post("alice", "/api/orders/" + id + "/payments", declined.replace("declined", "visa"))
                .expectStatus()
                .isCreated();
    }

    private static final String DECLINED = "{\"method\":\"card\",\"paymentMethodId\":\"pm_card_declined\"}";

    private int pays(String id, String key) {
        return post("alice", "/api/orders/" + id + "/payments", key, DECLINED)
                .returnResult(byte[].class)
                .getStatus()
                .value();
    }

    /** Else a tester of stolen cards has many refused at once, which costs no place, and sends each of them again. */
    @Test
    void aTryThatWasRefusedCountsFromWhenItBegins() {
        String id = placed("alice");
        List<String> keys =
                Stream.generate(() -> UUID.randomUUID().toString()).limit(20).toList();
        PAYMENTS.failWith(503);
        assertThat(keys).allSatisfy(key -> assertThat(pays(id, key)).isEqualTo(503));
        PAYMENTS.failWith(0);

        List<Integer> again = keys.stream().map(key -> pays(id, key)).toList();

        assertThat(again.subList(0, 15)).containsOnly(402);
        assertThat(again.subList(15, 20)).containsOnly(429);
        assertThat(PAYMENTS.paymentsOf(id)).isEqualTo(15);
    }

    /** Whoever looks for what happened would have to find it among what only repeats it. */
    @Test
    void aRefusedTryThatIsSentAgainIsTwoLinesOfTheTimelineAndNoMore() {
        String id = placed("alice");
        String key = UUID.randomUUID().toString();
        PAYMENTS.failWith(503);

        assertThat(IntStream.range(0, 3).mapToObj(i -> pays(id, key))).containsOnly(503);

        assertThat(query("select outcome from order_timeline where order_id = '" + id
                        + "' and ref = (select id::text from order_payments where order_id = '" + id
                        + "') order by id"))
                .containsExactly("asked", "refused");
    }

    /** They cost rows for ever, and lines of the timeline. */
    @Test
    void refusedTriesOfOneOrderAreBoundedToo() {
        String id = placed("alice");
        PAYMENTS.failWith(503);
        List<Integer> answers = IntStream.range(0, 101)
                .mapToObj(i -> pays(id, UUID.randomUUID().toString()))
                .toList();
        assertThat(answers.subList(0, 100)).containsOnly(503);
        assertThat(answers.get(100)).isEqualTo(429);
        assertThat(query("select id from order_payments where order_id = '" + id + "'"))
                .hasSize(100);
    }

    /** Taken for unpaid, an order whose money may be on its way would be told as failed, and paid once more. */
    @Test
    void manyRefusedTriesHideNoneWhoseOutcomeIsUnknown() {
        String id = json(post("alice", "/api/orders", orderPaidBy("pm_card_unknown"))
                        .expectStatus()
                        .isEqualTo(202))
                .path("id")
                .asString();
        execute("""
            insert into order_payments (id, order_id, method, state, created_at, updated_at)
            select gen_random_uuid(), '%s', 'card', 'NOT_STARTED', now() + interval '1 second', now()
            from generate_series(1, 100)\
            """.formatted(id));
        String event = "evt_" + UUID.randomUUID();
        stripeSends(JSON.readTree("""
            {"id":"%s","type":"checkout.session.expired","created":1790000000,"livemode":false,
             "api_version":"2026-07-29.dahlia",
             "data":{"object":{"id":"cs_%s","object":"checkout.session","mode":"payment","status":"expired",
              "payment_status":"unpaid","amount_total":2000,"currency":"usd","payment_intent":null,
              "metadata":{"order_id":"%s","env":"test","attempt_id":"a"}}}}
            """.formatted(event, id, id)));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> query("select outcome from order_timeline where ref = '" + event + "'")
                        .equals(List.of("applied")));
        assertThat(order("alice", id).path("status").asString()).isEqualTo("payment_processing");
    }

    @Test
    void otherSystemsAreToldWhatWasBoughtByWhichPaymentAndWhereItGoes() {
        String body = orderPaidBy("pm_card_visa")
                .replace(
                        "\"payment\"",
                        "\"shippingAddress\":{\"name\":\"A\",\"line1\":\"1"
                                + " Road\",\"city\":\"Bath\",\"postalCode\":\"BA1\",\"country\":\"GB\"},\"payment\"");
        JsonNode order = json(post("alice", "/api/orders", body).expectStatus().isCreated());
        String id = order.path("id").asString();
        String payment = order.path("payment").path("id").asString();
        JsonNode placed = told(id, "order.placed");
        assertThat(placed.at("/shippingAddress/city").asString()).isEqualTo("Bath");
        JsonNode paid = told(id, "order.paid");
        assertThat(paid.path("paymentId").asString()).isEqualTo(payment);
        assertThat(paid.at("/lines/0/productId").asString()).isEqualTo("ten-dollars");

        JsonNode failed = json(post("alice", "/api/orders", orderPaidBy("pm_card_declined")));
        assertThat(told(failed.path("orderId").asString(), "order.payment_failed")
                        .path("paymentId")
                        .asString())
                .isEqualTo(failed.at("/payment/id").asString());
        JsonNode unknown = json(post("alice", "/api/orders", orderPaidBy("pm_card_unknown")));
        assertThat(told(unknown.path("id").asString(), "order.payment_processing")
                        .path("paymentId")
                        .asString())
                .isEqualTo(unknown.at("/payment/id").asString());
        JsonNode waiting = json(post("alice", "/api/orders", orderPaidBy("pm_card_3ds")));
        assertThat(told(waiting.path("id").asString(), "order.action_required")
                        .path("paymentId")
                        .asString())
                .isEqualTo(waiting.at("/payment/id").asString());
    }

    private static JsonNode told(String order, String type) {
        return JSON.readTree(query("select payload from outbox where aggregate_id = '" + order
                        + "' and type = 'io.tillstream." + type + ".v1'")
                .get(0));
    }
}
