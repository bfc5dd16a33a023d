package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** How Stripe's events travel to us: held back, let go, and what became of each. */
final class Deliveries {
    private Deliveries() {}

    /** From now on nothing of this user is delivered: the test does it, in the order it wants. */
    static Held hold(User user) {
        return new Held(Simulator.control("POST", "/deliveries/hold", """
                {"metadata": {"user_id": "%s"}}\
                """.formatted(user.name()))
                .expect(200)
                .text("/hold"));
    }

    /** What is held of one user. */
    record Held(String hold) implements AutoCloseable {

        /** What was held goes out, oldest first, and later events at once again. */
        void release() {
            Simulator.control("POST", "/deliveries/release", """
                    {"order": "recorded", "hold": "%s"}\
                    """.formatted(hold))
                    .expect(200);
        }

        /** What was held goes out in the order of {@code sequence}, which may name an event more than once. */
        void release(UnaryOperator<List<String>> sequence) {
            List<String> held = new ArrayList<>();
            Simulator.control("GET", "/deliveries/held?hold=" + hold, null)
                    .expect(200)
                    .json()
                    .path("held")
                    .forEach(delivery -> held.add(delivery.path("event").asString()));
            String events = sequence.apply(held).stream().collect(Collectors.joining("\", \"", "[\"", "\"]"));
            JsonNode sent = Simulator.control("POST", "/deliveries/release", """
                    {"events": %s, "hold": "%s"}\
                    """.formatted(events, hold))
                    .expect(200)
                    .json()
                    .path("deliveries");
            release(); // what came between the two requests
            assertThat(sent).hasSizeGreaterThan(held.size());
            sent.forEach(Held::seesDelivered);
        }

        /** What was answered 503 is sent again, as Stripe does. */
        private static void seesDelivered(JsonNode attempt) {
            await(attempt + " is delivered")
                    .atMost(User.PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .until(
                            () -> isDelivered(attempt)
                                    ? List.of(attempt)
                                    : resent(attempt.path("event").asString()),
                            all -> !all.isEmpty() && all.stream().allMatch(Held::isDelivered));
        }

        private static boolean isDelivered(JsonNode attempt) {
            return attempt.path("outcome").asString().equals("delivered");
        }

        private static List<JsonNode> resent(String event) {
            return Simulator.control("POST", "/events/" + event + "/resend", "{}")
                    .expect(200)
                    .json()
                    .path("deliveries")
                    .valueStream()
                    .toList();
        }

        @Override
        public void close() {
            release();
        }
    }

    /** Makes deliveries to this user's events go wrong; {@code more} are further fields, such as how often. */
    static Fault plant(User user, String kind, String... more) {
        String others = more.length == 0 ? "" : ", " + String.join(", ", more);
        return new Fault(Simulator.control("POST", "/deliveries/faults", """
                {"kind": "%s", "metadata": {"user_id": "%s"}%s}\
                """.formatted(kind, user.name(), others))
                .expect(200)
                .id());
    }

    /** What goes wrong until it is closed. */
    record Fault(String id) implements AutoCloseable {
        @Override
        public void close() {
            Simulator.control("DELETE", "/deliveries/faults/" + id, null).expect(200);
        }
    }

    static void retryNow() {
        Simulator.control("POST", "/deliveries/retry", null).expect(200);
    }

    /** Every attempt to deliver, oldest first. */
    static List<JsonNode> attempts() {
        return list("/deliveries?limit=10000");
    }

    static List<JsonNode> attemptsFor(String objectId) {
        return list("/deliveries?limit=10000&object=" + objectId);
    }

    private static List<JsonNode> list(String path) {
        List<JsonNode> attempts = new ArrayList<>();
        Simulator.control("GET", path, null)
                .expect(200)
                .json()
                .path("deliveries")
                .forEach(attempts::add);
        return attempts;
    }

    /** All that Stripe tells of a card payment: of its intent and its charges, the balance of the last one included. */
    static List<JsonNode> eventsOfPayment(String intentId) {
        return await("all events of " + intentId)
                .atMost(User.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> collect(intentId), events -> events.stream()
                        .anyMatch(event -> event.path("type").asString().equals("charge.updated")));
    }

    private static List<JsonNode> collect(String intentId) {
        List<JsonNode> events = new ArrayList<>(Simulator.eventsOf(intentId));
        for (JsonNode charge : Simulator.all("/v1/charges?payment_intent=" + intentId)) {
            events.addAll(Simulator.eventsOf(charge.path("id").asString()));
        }
        return events;
    }
}
