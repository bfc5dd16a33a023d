package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Somebody at the gateway: a buyer, an operator, or nobody known. */
record User(@Nullable String name) {
    static final User ALICE = new User("alice");
    static final User BOB = new User("bob");

    /** Tries what is others': nothing depends on what they have, so that any test may be them. */
    static final User STRANGER = new User("stranger");

    static final User OPERATOR = new User("operator");
    static final User NOBODY = new User(null);

    /** For a fact to come, on a machine that is busy with other things: it ends a wait for what never comes, and says no more. */
    static final Duration PATIENCE = Duration.ofMinutes(4);

    /** The id of a user who is a user like any other, as an identity provider may give it: it looks like a card's number. */
    static final String OF_DIGITS = "4539578763621486";

    static final String BOOK = "the-long-invoice"; // 9.99 USD
    static final long BOOK_PRICE = 999;

    static String key() {
        return UUID.randomUUID().toString();
    }

    Answer get(String path) {
        return send("GET", path, null, Map.of());
    }

    /** A POST with a key of its own, which it keeps while it is answered 503 or 504. */
    Answer post(String path, String body) {
        return post(path, body, key());
    }

    /** A POST with this key, which is sent again with it while it is answered 503 or 504. */
    Answer post(String path, String body, String key) {
        return send("POST", path, body, Map.of("Idempotency-Key", key));
    }

    /** One request, whatever is answered. */
    Answer postOnce(String path, String body, String key) {
        return once("POST", path, body, Map.of("Idempotency-Key", key));
    }

    /** As a client does, who asks again after a 503 or 504. */
    Answer send(String method, String path, @Nullable String body, Map<String, String> headers) {
        return Web.untilAvailable(() -> once(method, path, body, headers));
    }

    /** One request, whatever is answered. */
    Answer once(String method, String path, @Nullable String body, Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        if (name != null) {
            all.put("Authorization", "Bearer " + Tokens.of(name));
        }
        if (body != null) {
            all.putIfAbsent("Content-Type", "application/json");
        }
        return Web.send(method, URI.create(Stack.gateway() + path), all, body);
    }

    /** Orders one book and gives the order's id. */
    String orders() {
        return orders(BOOK, 1);
    }

    String orders(String product, int quantity) {
        return post("/api/orders", order(product, quantity)).expect(201).id();
    }

    static String order(String product, int quantity) {
        return """
            {"items": [{"productId": "%s", "quantity": %d}]}\
            """.formatted(product, quantity);
    }

    static String order(String product, int quantity, String payment) {
        return """
            {"items": [{"productId": "%s", "quantity": %d}], "payment": %s}\
            """.formatted(product, quantity, payment);
    }

    static String card(String paymentMethod) {
        return """
            {"method": "card", "paymentMethodId": "%s"}\
            """.formatted(paymentMethod);
    }

    static String token(String token) {
        return """
            {"method": "token", "token": "%s"}\
            """.formatted(token);
    }

    static String checkout() {
        return """
            {"method": "checkout", "successUrl": "%1$s/done", "cancelUrl": "%1$s/basket"}\
            """.formatted(ShopPage.origin());
    }

    static final String PAYMENT_ELEMENT = """
        {"method": "payment_element"}\
        """;

    Answer pays(String orderId, String payment) {
        return post("/api/orders/" + orderId + "/payments", payment);
    }

    Answer pays(String orderId, String payment, String key) {
        return post("/api/orders/" + orderId + "/payments", payment, key);
    }

    /** A book that is paid for. */
    String buys() {
        String order = orders();
        pays(order, card("pm_card_visa")).expect(200, 201, 202);
        seesSettled(order, "paid");
        return order;
    }

    Answer settlement(String orderId, String wait) {
        return get("/api/orders/" + orderId + "/settlement?wait=" + wait);
    }

    /** Waits for the order to be settled so. */
    void seesSettled(String orderId, String state) {
        seesSettled(orderId, state, PATIENCE);
    }

    void seesSettled(String orderId, String state, Duration patience) {
        await("order " + orderId + " is " + state)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(
                        () -> assertThat(settlement(orderId, "2s").expect(200).text("/state"))
                                .isEqualTo(state));
    }

    String status(String orderId) {
        return get("/api/orders/" + orderId).expect(200).text("/status");
    }

    /** Waits for the order's own status, which says more than its settlement. */
    void seesStatus(String orderId, String status) {
        await("order " + orderId + " is " + status)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(status(orderId)).isEqualTo(status));
    }

    JsonNode timeline(String orderId) {
        return get("/api/orders/" + orderId + "/timeline").expect(200).json().path("data");
    }
}
