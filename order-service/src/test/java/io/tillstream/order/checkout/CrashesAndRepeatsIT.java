package io.tillstream.order.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Transactions;
import io.tillstream.order.RunningService;
import io.tillstream.order.payment.PaymentAttempts;
import io.tillstream.testing.IdempotencyKeyReuseCheck;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.idempotency.IdempotencyCleanUp;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Whatever falls between two lines, or comes twice at once: one order, one payment. */
class CrashesAndRepeatsIT extends RunningService {

    private static final Duration WAIT = Duration.ofSeconds(60);

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping handlers;

    @Autowired
    private IdempotencyCleanUp cleanUp;

    @Autowired
    private PaymentAttempts attempts;

    @Autowired
    private DatabaseClient database;

    @Autowired
    private Transactions transactions;

    @Test
    void twentySimultaneousRequestsOfOneKeyAreOneOrder() {
        String user = "hasty-" + UUID.randomUUID();
        String key = UUID.randomUUID().toString();
        List<CompletableFuture<Integer>> requests = IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> status(post(user, "/api/orders", key, orderPaidBy("pm_card_visa")))))
                .toList();
        List<Integer> answers = requests.stream().map(CompletableFuture::join).toList();
        assertThat(answers).contains(201).allMatch(status -> status == 201 || status == 409);
        List<String> orders = query("select id from orders where user_id = '" + user + "'");
        assertThat(orders).hasSize(1);
        assertThat(PAYMENTS.paymentsOf(orders.get(0))).isEqualTo(1);
        JsonNode again = json(post(user, "/api/orders", key, orderPaidBy("pm_card_visa"))
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("Idempotency-Replayed", "true"));
        assertThat(again.path("id").asString()).isEqualTo(orders.get(0));
    }

    @Test
    void anOrderIsFoundAgainWhenPaymentServiceWasDown() {
        String user = "patient-" + UUID.randomUUID();
        String key = UUID.randomUUID().toString();
        PAYMENTS.failWith(503);
        post(user, "/api/orders", key, orderPaidBy("pm_card_visa"))
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .exists("Retry-After");
        PAYMENTS.failWith(0);
        JsonNode order = json(post(user, "/api/orders", key, orderPaidBy("pm_card_visa"))
                .expectStatus()
                .isCreated());
        assertThat(order.path("status").asString()).isEqualTo("paid");
        assertThat(query("select id from orders where user_id = '" + user + "'"))
                .hasSize(1);
        assertThat(query("select id from order_payments where order_id = '"
                        + order.path("id").asString() + "'"))
                .hasSize(1);
    }

    @Test
    void afterA503TheSameKeyWithAnotherCartPaysNothing() {
        String user = "changing-" + UUID.randomUUID();
        String key = UUID.randomUUID().toString();
        PAYMENTS.failWith(503);
        post(user, "/api/orders", key, orderPaidBy("pm_card_visa"))
                .expectStatus()
                .isEqualTo(503);
        PAYMENTS.failWith(0);
        String otherCart = orderPaidBy("pm_card_visa").replace("\"quantity\":2", "\"quantity\":3");
        JsonNode no =
                json(post(user, "/api/orders", key, otherCart).expectStatus().isEqualTo(422));
        assertThat(no.path("code").asString()).isEqualTo("idempotency-key-reused");
        assertThat(query("select status from orders where user_id = '" + user + "'"))
                .containsExactly("AWAITING_PAYMENT");
        post(user, "/api/orders", key, orderPaidBy("pm_card_visa"))
                .expectStatus()
                .isCreated();
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
        assertThat(paths)
                .contains(
                        "/api/orders",
                        "/api/orders/{id}/payments",
                        "/api/orders/{id}/refunds",
                        "/api/checkout/sessions");
        assertThat(new IdempotencyKeyReuseCheck(url(), "operator-who-walks.token", DATABASE)
                        .thatForgetTheirRequest(paths))
                .isEmpty();
    }

    @Test
    void noEndpointTakesTheSameIdInCapitalsForAnotherOne() {
        assertThat(new IdempotencyKeyReuseCheck(url(), "operator-who-walks.token", DATABASE)
                        .thatTellSpellingsApart(idempotentPaths()))
                .isEmpty();
    }

    /** An operator's refunds are payment-service's: whether one has the id is not known here. */
    @Test
    void noEndpointOfUsersKeepsAKeyForEverThatNothingCameOf() {
        assertThat(new IdempotencyKeyReuseCheck(url(), "operator-who-walks.token", DATABASE)
                        .thatKeepEachKey(keyedPaths(), () -> cleanUp.round().block()))
                .containsExactly("/api/orders/{id}/refunds");
    }

    @Test
    void anUnknownOutcomeIs202AndIsAskedAbout() {
        JsonNode order = json(post("alice", "/api/orders", orderPaidBy("pm_card_unknown"))
                .expectStatus()
                .isEqualTo(202));
        String id = order.path("id").asString();
        assertThat(order.path("payment").path("status").asString()).isEqualTo("processing");
        assertThat(order("alice", id).path("status").asString()).isEqualTo("payment_processing");
        PAYMENTS.stripeSays(id, "succeeded");
        JsonNode settled = json(as("alice")
                .get()
                .uri("/api/orders/" + id + "/settlement?wait=1s")
                .exchange());
        assertThat(settled.path("state").asString()).isEqualTo("paid");
    }

    @Test
    void aLostAnswerIsAskedAboutByItself() {
        PAYMENTS.loseAnswers(true);
        JsonNode order = json(post("alice", "/api/orders", orderPaidBy("pm_card_visa"))
                .expectStatus()
                .isEqualTo(202));
        String id = order.path("id").asString();
        execute("update order_payments set next_ask_at = now() where order_id = '" + id + "'");
        await().atMost(WAIT)
                .untilAsserted(() ->
                        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid"));
        assertThat(PAYMENTS.paymentsOf(id)).isEqualTo(1);
    }

    @Test
    void aCrashBetweenAskingAndStoringIsMended() {
        String id = placed("alice");
        String attempt = UUID.randomUUID().toString();
        execute("""
                insert into order_payments (id, order_id, method, state, next_ask_at, created_at, updated_at)
                values ('%s', '%s', 'card', 'ASKED', now(), now(), now())""".formatted(attempt, id));
        PAYMENTS.hasPayment(attempt, id, 2000, "succeeded");
        await().atMost(WAIT)
                .untilAsserted(() ->
                        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid"));
        assertThat(query("select state from order_payments where id = '" + attempt + "'"))
                .containsExactly("SUCCEEDED");
    }

    /** Its next rest is five minutes, and no event comes. */
    @Test
    void whatCouldNotBeAskedAboutIsAskedAboutOncePaymentServiceIsBack() {
        String id = placed("alice");
        String attempt = UUID.randomUUID().toString();
        PAYMENTS.hasPayment(attempt, id, 2000, "succeeded");
        PAYMENTS.failWith(503);
        execute("""
                insert into order_payments (id, order_id, method, state, asks, next_ask_at, created_at, updated_at)
                values ('%s', '%s', 'card', 'ASKED', 5, now(), now(), now())""".formatted(attempt, id));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> !query("select asks from order_payments where id = '" + attempt + "' and asks > 5")
                        .isEmpty());
        PAYMENTS.failWith(0);
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() ->
                        assertThat(order("alice", id).path("status").asString()).isEqualTo("paid"));
    }

    /** What a bank is at for days is looked at once a day. */
    @Test
    void ofWhatIsAnsweredOnlyWhatWasHintedAtIsDueAgain() {
        String id = placed("alice");
        List<String> due = transactions
                .run(database.sql("""
                                insert into order_payments (id, order_id, method, state, asks, next_ask_at, created_at, updated_at)
                                select gen_random_uuid(), :orderId, asks::text, 'PROCESSING', asks, now() + interval '1 day',
                                    now(), now()
                                from unnest(array[0, 1, 7]) asks""")
                        .bind("orderId", UUID.fromString(id))
                        .fetch()
                        .rowsUpdated()
                        .then(allAreDue())
                        .thenMany(database.sql("""
                                        select method from order_payments
                                        where order_id = :orderId and next_ask_at < now() + interval '20 hours'""")
                                .bind("orderId", UUID.fromString(id))
                                .map(row -> row.get("method", String.class))
                                .all())
                        .collectList()) // in one transaction: the sweep does not see it
                .block(WAIT);
        assertThat(due).containsExactly("1");
        execute("update order_payments set next_ask_at = null where order_id = '" + id + "'");
    }

    /** Else minutes without payment-service are hours in which the buyer's order says that it is under way. */
    @Test
    void anOutageOfManyAsksLeavesNothingToRestForHours() {
        String id = placed("alice");
        UUID attempt = UUID.randomUUID();
        Boolean isDue = transactions
                .run(underWay(attempt, id)
                        .thenMany(Flux.range(0, 10).concatMap(ask -> askedInVain()))
                        .then(database.sql(
                                        "select next_ask_at <= clock_timestamp() as due from order_payments where id = :id")
                                .bind("id", attempt)
                                .map(row -> row.get("due", Boolean.class))
                                .one())) // in one transaction: the sweep does not see it
                .block(WAIT);
        assertThat(isDue).isTrue();
        execute("update order_payments set next_ask_at = null where order_id = '" + id + "'");
    }

    private Mono<Void> askedInVain() {
        return attempts.claimDue(100).then(allAreDue());
    }

    private Mono<Void> allAreDue() {
        return Mono.defer(attempts::makeDue)
                .repeat()
                .takeUntil(more -> more == 0)
                .then();
    }

    private Mono<Long> underWay(UUID attempt, String order) {
        return database.sql("""
                        insert into order_payments (id, order_id, method, state, asks, next_ask_at, created_at, updated_at)
                        values (:id, :orderId, 'card', 'PROCESSING', 1, now() - interval '1 day', now(), now())""")
                .bind("id", attempt)
                .bind("orderId", UUID.fromString(order))
                .fetch()
                .rowsUpdated();
    }

    @Test
    void aCrashBeforeAskingLeavesAnOrderThatCanBePaid() {
        String id = placed("alice");
        execute("""
                insert into order_payments (id, order_id, method, state, next_ask_at, created_at, updated_at)
                values ('%s', '%s', 'card', 'ASKED', now(), now(), now())""".formatted(UUID.randomUUID(), id));
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(query("select state from order_payments where order_id = '" + id + "'"))
                        .containsExactly("NOT_STARTED"));
        post("alice", "/api/orders/" + id + "/payments", "{\"method\":\"token\",\"token\":\"tok_visa\"}")
                .expectStatus()
                .isCreated();
    }

    @Test
    void clientsThatGoAwayLeaveNothingHalfDone() {
        String user = "gone-" + UUID.randomUUID();
        WebClient client = WebClient.create(url());
        Flux.range(0, 60)
                .flatMap(i -> client.post()
                        .uri("/api/orders")
                        .header("Authorization", "Bearer " + user + ".token")
                        .header("Idempotency-Key", "gone-" + i)
                        .header("Content-Type", "application/json")
                        .bodyValue(orderPaidBy("pm_card_visa"))
                        .retrieve()
                        .toBodilessEntity()
                        .timeout(Duration.ofMillis(5 + i * 3))
                        .onErrorResume(gone -> Mono.empty()))
                .collectList()
                .block(WAIT);
        await().atMost(WAIT).untilAsserted(() -> {
            assertThat(query("select id from orders where user_id = '" + user + "' and status <> 'PAID'"))
                    .isEmpty();
            assertThat(
                            query(
                                    "select pid from pg_stat_activity where state = 'idle in transaction' and datname = current_database()"))
                    .isEmpty();
        });
    }

    private static int status(WebTestClient.ResponseSpec response) {
        return response.returnResult(byte[].class).getStatus().value();
    }
}
