package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.ALICE;
import static io.tillstream.acceptance.User.BOB;
import static io.tillstream.acceptance.User.BOOK;
import static io.tillstream.acceptance.User.NOBODY;
import static io.tillstream.acceptance.User.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.local.Part;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may see and do what. */
class AccessIT {

    @Test
    void bobCanNeitherSeeNorPayNorCancelAlicesOrder() {
        String order = ALICE.orders();

        Answer unknown = BOB.get("/api/orders/" + User.key()).expectProblem(404, "not-found");
        Answer notHis = BOB.get("/api/orders/" + order).expectProblem(404, "not-found");
        BOB.pays(order, User.card("pm_card_visa")).expectProblem(404, "not-found");
        BOB.post("/api/orders/" + order + "/cancel", "{}").expect(404);
        BOB.settlement(order, "0s").expectProblem(404, "not-found");
        BOB.get("/api/orders/" + order + "/timeline").expectProblem(404, "not-found");
        BOB.post("/api/checkout/sessions", CheckoutIT.session(order)).expectProblem(404, "not-found");

        assertThat(notHis.text("/detail")).isEqualTo(unknown.text("/detail"));
        assertThat(BOB.get("/api/orders?limit=100").body()).doesNotContain(order);
        assertThat(Simulator.intentsOf(order)).isEmpty();
        assertThat(ALICE.status(order)).isEqualTo("awaiting_payment");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/orders",
        "POST, /api/orders",
        "POST, /api/orders/0d9d9b74-8c0f-4d4e-8a1b-3f6f2f0b0a01/payments",
        "POST, /api/orders/0d9d9b74-8c0f-4d4e-8a1b-3f6f2f0b0a01/cancel",
        "GET, /api/orders/0d9d9b74-8c0f-4d4e-8a1b-3f6f2f0b0a01/settlement",
        "POST, /api/checkout/sessions",
        "GET, /api/payments",
        "GET, /api/admin/orders",
        "POST, /api/products",
        "POST, /api/plans",
        "GET, /api/subscriptions"
    })
    void withoutATokenNothingIsShownOrDone(String method, String path) {
        String body = method.equals("POST") ? User.order(BOOK, 1) : null;

        Answer answer = NOBODY.send(method, path, body, Map.of("Idempotency-Key", User.key()));

        answer.expect(401);
        assertThat(answer.header("content-type")).startsWith("application/problem+json");
        assertThat(answer.header("www-authenticate")).startsWith("Bearer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not-a-token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.", "a.b.c"})
    void aMadeUpTokenIsNoToken(String token) {
        Answer answer = Web.send(
                "GET", URI.create(Stack.gateway() + "/api/orders"), Map.of("Authorization", "Bearer " + token), (String)
                        null);

        answer.expect(401);
    }

    @Test
    void aTokenOfAliceWithABrokenSignatureIsRefused() {
        String token = Tokens.of("alice");
        int at = token.lastIndexOf('.') + 10;
        String broken = token.substring(0, at) + (token.charAt(at) == 'A' ? 'B' : 'A') + token.substring(at + 1);

        Web.send(
                        "GET",
                        URI.create(Stack.gateway() + "/api/orders"),
                        Map.of("Authorization", "Bearer " + broken),
                        (String) null)
                .expect(401);
    }

    @Test
    void aBuyerIsNoOperator() {
        String order = ALICE.buys();

        ALICE.post("/api/products", """
            {"name": "A free book", "description": "x", "price": {"amount": 1, "currency": "usd"}}\
            """).expect(403);
        ALICE.post("/api/orders/" + order + "/refunds", "{}").expect(403);
        for (String path : new String[] {
            "orders",
            "payments",
            "payments/" + order,
            "customers?userId=bob",
            "subscriptions",
            "parked-events?service=orders",
            "dead-letters?service=payments",
            "event-flow",
            "drift-reports",
            "drift-reports?service=subscriptions",
            "drift-reports/" + order,
            "stripe-endpoint",
            "event-replays?service=orders"
        }) {
            ALICE.get("/api/admin/" + path).expect(403);
        }
        ALICE.post("/api/admin/dead-letters/replay?service=orders", "{\"type\": \"charge.refunded\"}")
                .expect(403);
        ALICE.post("/api/admin/stripe-endpoint/repair", "{}").expect(403);
        ALICE.post("/api/admin/drift-reports", "{}").expect(403);
        ALICE.post("/api/admin/drift-reports/" + order + "/repair", "{}").expect(403);
        for (String kind : new String[] {"payments", "invoices"}) {
            ALICE.post(
                            "/api/admin/" + kind + "/owed-refunds/" + order + "/dismissal",
                            "{\"reason\": \"paid_outside_of_stripe\"}")
                    .expect(403);
        }
        assertThat(ALICE.status(order)).isEqualTo("paid");
    }

    @Test
    void anOperatorFindsTheOrdersOfAll() {
        String order = ALICE.orders();

        assertThat(OPERATOR.get("/api/admin/orders?limit=100").expect(200).body())
                .contains(order);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/internal/payments",
                "/internal/payables/1",
                "/api/../internal/payables/1",
                "//internal/payables/1",
                "/api/%2e%2e/internal/payables/1",
                "/api/orders/..;/../internal/payables/1",
                "/actuator/env",
                "/actuator/gateway/routes"
            })
    void nothingInternalIsReachableFromOutside(String path) throws Exception {
        RawHttp.Reply reply = RawHttp.send("GET", path, "Authorization: Bearer " + Tokens.of("operator"));

        assertThat(reply.status()).as(reply.text()).isIn(400, 401, 403, 404);
    }

    @Test
    void whoFakesTheHeadersOfAProxyOrAnotherUserStaysWhoTheyAre() {
        String order = ALICE.orders();

        Answer answer = BOB.send(
                "GET",
                "/api/orders/" + order,
                null,
                Map.of("X-User-Id", "alice", "X-Forwarded-User", "alice", "X-Forwarded-For", "127.0.0.1"));

        answer.expectProblem(404, "not-found");
    }

    @Test
    void aServiceChecksTheTokenItselfToo() {
        for (Part part : new Part[] {Part.ORDER_SERVICE, Part.PAYMENT_SERVICE, Part.SUBSCRIPTION_SERVICE}) {
            URI direct = Stack.tillstream().url(part);
            String path =
                    switch (part) {
                        case ORDER_SERVICE -> "/api/orders";
                        case SUBSCRIPTION_SERVICE -> "/api/subscriptions";
                        default -> "/internal/payables/1";
                    };

            Web.send("GET", URI.create(direct + path), Map.of(), (String) null).expect(401);
        }
        Web.send(
                        "GET",
                        URI.create(Stack.tillstream().url(Part.PAYMENT_SERVICE) + "/internal/payables/1"),
                        Map.of("Authorization", "Bearer " + Tokens.of("alice")),
                        (String) null)
                .expect(403);
    }
}
