package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.BOOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whoever asks twice, or goes away in the middle, pays once. */
class IdempotencyIT {
    private static final User IRENE = new User("irene"); // only here
    private static final User IGOR = new User("igor"); // here too

    @Test
    void theSameKeyGivesTheSameOrderAgain() {
        String key = User.key();
        Answer first = IRENE.post("/api/orders", User.order(BOOK, 1), key).expect(201);

        Answer again = IRENE.post("/api/orders", User.order(BOOK, 1), key).expect(201);

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(first.header("Idempotency-Replayed")).isNotEqualTo("true");
    }

    @Test
    void theSameKeyPaysOnce() {
        String order = IRENE.orders();
        String key = User.key();

        Answer first = IRENE.pays(order, User.card("pm_card_visa"), key).expect(201, 202);
        Answer again = IRENE.pays(order, User.card("pm_card_visa"), key).expect(201, 202);

        assertThat(again.body()).isEqualTo(first.body());
        IRENE.seesSettled(order, "paid");
        assertThat(Simulator.intentsOf(order)).hasSize(1);
    }

    @Test
    void aDeclineIsReplayedAndNotTriedAgain() {
        String order = IRENE.orders();
        String key = User.key();
        IRENE.pays(order, User.card("pm_card_chargeDeclined"), key).expectProblem(402, "card-declined");

        IRENE.pays(order, User.card("pm_card_chargeDeclined"), key).expectProblem(402, "card-declined");

        assertThat(Simulator.intentsOf(order)).hasSize(1);
    }

    @Test
    void aKeyThatIsUsedForSomethingElseIsRefused() {
        String key = User.key();
        IRENE.post("/api/orders", User.order(BOOK, 1), key).expect(201);

        IRENE.post("/api/orders", User.order(BOOK, 2), key).expectProblem(422, "idempotency-key-reused");
    }

    /** Three services answer the one endpoint, each of which knows its own requests only. */
    @Test
    void aKeyOpensOnePageWhateverItIsFor() {
        User ivy = new User("ivy");
        String order = ivy.orders();
        List<String> pages = List.of(
                page("payment\", \"orderId\": \"" + order),
                page("setup"),
                page("subscription\", \"planId\": \"starter-monthly"));
        for (String first : pages) {
            String key = User.key();
            Answer opened = ivy.post("/api/checkout/sessions", first, key).expect(201);
            for (String page : pages) {
                if (!page.equals(first)) {
                    ivy.post("/api/checkout/sessions", page, key).expectProblem(422, "idempotency-key-reused");
                }
            }
            assertThat(ivy.post("/api/checkout/sessions", first, key)
                            .expect(201)
                            .body())
                    .isEqualTo(opened.body());
        }
    }

    private static String page(String mode) {
        return """
            {"mode": "%s", "successUrl": "%2$s/done", "cancelUrl": "%2$s/basket"}\
            """.formatted(mode, ShopPage.origin());
    }

    /** The path may spell an id in capitals; it is the same order. */
    @Test
    void theSameKeyPaysOnceHoweverTheOrderIsSpelled() {
        String order = IRENE.orders();
        String key = User.key();

        Answer first = IRENE.pays(order, User.card("pm_card_visa"), key).expect(201, 202);
        Answer again = IRENE.pays(order.toUpperCase(Locale.ROOT), User.card("pm_card_visa"), key)
                .expect(201, 202);

        assertThat(again.body()).isEqualTo(first.body());
        IRENE.pays(order.toUpperCase(Locale.ROOT), User.card("pm_card_mastercard"), key)
                .expectProblem(422, "idempotency-key-reused");
    }

    @Test
    void withoutAKeyNoMoneyMoves() {
        String order = IRENE.orders();
        Map<String, String> none = Map.of();

        IRENE.send("POST", "/api/orders", User.order(BOOK, 1), none).expectProblem(400, "idempotency-key-missing");
        IRENE.send("POST", "/api/orders/" + order + "/payments", User.card("pm_card_visa"), none)
                .expectProblem(400, "idempotency-key-missing");

        assertThat(Simulator.intentsOf(order)).isEmpty();
    }

    @Test
    void theKeyOfAnotherUserIsAnotherKey() {
        String key = User.key();
        Answer hers = IRENE.post("/api/orders", User.order(BOOK, 1), key).expect(201);

        Answer his = IGOR.post("/api/orders", User.order(BOOK, 1), key).expect(201);

        assertThat(his.id()).isNotEqualTo(hers.id());
    }

    @Test
    void twentyOrdersAtOnceWithOneKeyAreOneOrderPaidOnce() {
        User erin = new User("erin");
        String key = User.key();
        String body = User.order(BOOK, 1, User.card("pm_card_visa"));
        erin.get("/api/orders").expect(200);

        List<Answer> answers = atOnce(20, () -> erin.post("/api/orders", body, key));

        assertThat(answers).allSatisfy(answer -> {
            answer.expect(201, 202, 409);
            if (answer.status() == 409) {
                answer.expectProblem(409, "idempotency-key-in-use");
            }
        });
        String order = erin.post("/api/orders", body, key).expect(201, 202).id();
        erin.seesSettled(order, "paid");
        assertThat(erin.get("/api/orders").expect(200).json().path("data")).hasSize(1);
        assertThat(Simulator.intentsOf(order)).hasSize(1);
    }

    @Test
    void tenPaymentsAtOnceWithDifferentKeysChargeOnce() {
        String order = IRENE.orders();

        List<Answer> answers = atOnce(10, () -> IRENE.pays(order, User.card("pm_card_visa")));

        assertThat(answers).allSatisfy(answer -> answer.expect(201, 202, 409));
        IRENE.seesSettled(order, "paid");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void aBuyerWhoseConnectionBreaksInTheMiddleHasPaidOnceAndFindsTheOrderByTheSameKey() throws Exception {
        User frank = new User("frank");
        String token = Tokens.of("frank");
        String key = User.key();
        String body = User.order(BOOK, 1, User.card("pm_card_visa"));
        Simulator.plant(
                "POST /v1/payment_intents", "latency", 1, "metadata.user_id", "frank", "\"delay_millis\": 1500");

        try (Socket socket = RawHttp.open()) {
            RawHttp.write(
                    socket,
                    "POST",
                    "/api/orders",
                    body,
                    "Authorization: Bearer " + token,
                    "Content-Type: application/json",
                    "Idempotency-Key: " + key);
            await("the order is there, the payment under way")
                    .atMost(User.PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !frank.get("/api/orders").json().path("data").isEmpty());
        }

        await("Stripe was asked to the end").atMost(User.PATIENCE).until(() -> Simulator.journal().stream()
                .anyMatch(request -> request.path("path").asString().equals("/v1/payment_intents")
                        && request.path("params").asString().contains("frank")));
        String order = frank.get("/api/orders").json().at("/data/0/id").asString();
        frank.seesSettled(order, "paid");
        Answer again = await("the same key answers")
                .atMost(User.PATIENCE)
                .until(
                        () -> frank.post("/api/orders", body, key),
                        answer -> answer.status() == 201 || answer.status() == 202);
        assertThat(again.id()).isEqualTo(order);
        assertThat(Simulator.intentsOf(order)).hasSize(1);
        assertThat(frank.get("/api/orders").json().path("data")).hasSize(1);
    }

    /** The same call from many threads that all begin together. */
    static List<Answer> atOnce(int times, java.util.function.Supplier<Answer> call) {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        try {
            List<CompletableFuture<Answer>> calls = IntStream.range(0, times)
                    .mapToObj(unused -> CompletableFuture.supplyAsync(call, threads))
                    .toList();
            return calls.stream().map(CompletableFuture::join).toList();
        } finally {
            threads.shutdown();
        }
    }
}
