package io.tillstream.chaos.user;

import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.plan.Step;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Clients that go away and ask again, and keys that come again. */
final class Repeats {
    private static final int TRIES = 12;
    private static final long REST_MILLIS = 1_000;

    private final Executor atOnce;

    Repeats(Executor atOnce) {
        this.atOnce = atOnce;
    }

    void hangUp(Step step, Visitor visitor) {
        Random random = step.random();
        String body = paidOrder(random);
        String key = step.key("order");
        visitor.hangUp("/api/orders", body, key, Duration.ofMillis(random.nextInt(600)));
        Answer answer = until(visitor, body, key);
        keep(visitor, answer);
    }

    /** One thing for one key, whoever was first. */
    void sameKey(Step step, Visitor visitor) {
        String body = paidOrder(step.random());
        String key = step.key("order");
        CompletableFuture<Answer> first =
                CompletableFuture.supplyAsync(() -> visitor.post("/api/orders", body, key), atOnce);
        Answer second = visitor.post("/api/orders", body, key);
        Answer third = until(visitor, body, key);
        Set<String> ids = new HashSet<>();
        for (Answer answer : List.of(first.join(), second, third)) {
            if (answer.isSuccess()) {
                ids.add(answer.id());
            }
        }
        if (ids.size() > 1) {
            visitor.trace().unexpected("one key gave the orders " + ids);
        }
        keep(visitor, third);
    }

    /** The key means the first request, for ever. */
    void otherBody(Step step, Visitor visitor) {
        Random random = step.random();
        String key = step.key("order");
        Answer first = visitor.post(
                "/api/orders", "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": 2}]}", key);
        if (!first.isSuccess()) {
            return;
        }
        keep(visitor, first);
        Answer other = visitor.post(
                "/api/orders",
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": " + (3 + random.nextInt(3)) + "}]}",
                key);
        if (other.isSuccess()) {
            visitor.trace().unexpected("a key of order " + first.id() + " took another body: " + other.id());
        }
    }

    private static String paidOrder(Random random) {
        return Bodies.order(random, Bodies.card(Bodies.any(Bodies.GOOD_CARDS, random)));
    }

    private static void keep(Visitor visitor, Answer answer) {
        if (answer.isSuccess()) {
            visitor.possessions().order(answer.id());
            visitor.possessions().paid(answer.id());
        }
    }

    /** As somebody does who wants the order: again with the same key, until there is an answer. */
    private static Answer until(Visitor visitor, String body, String key) {
        Answer answer = visitor.post("/api/orders", body, key);
        for (int i = 1; i < TRIES && !isAnswer(answer); i++) {
            Pause.millis(REST_MILLIS);
            answer = visitor.post("/api/orders", body, key);
        }
        return answer;
    }

    private static boolean isAnswer(Answer answer) {
        return answer.isSuccess() || answer.status() == 402 || answer.status() == 422;
    }
}
