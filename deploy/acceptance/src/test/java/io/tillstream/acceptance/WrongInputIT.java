package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.BOOK;
import static io.tillstream.acceptance.User.BOOK_PRICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.local.Part;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and how that is said. */
class WrongInputIT {
    private static final User WALDO = new User("waldo"); // only here
    private static final User WERNER = new User("werner"); // only here, and buys nothing

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": 1, \"price\": 1}]}",
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": 1}], \"amount\": 1}",
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": 1}], \"total\": {\"amount\": 1,"
                        + " \"currency\": \"usd\"}}",
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": 1.5}]}",
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": \"1\"}]}",
                "{\"items\": [], \"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": 1}]}",
                "{\"items\": [{\"productId\"",
                "[]",
                "null",
                "not json"
            })
    void aBodyThatSaysMoreOrOtherThanIsAskedForIsRefused(String body) {
        WALDO.post("/api/orders", body).expectProblem(400, "malformed-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\": []}",
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": 0}]}",
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": -1}]}",
                "{\"items\": [{\"productId\": \"no-such-book\", \"quantity\": 1}]}",
                "{\"items\": [{\"productId\": \"the-long-invoice\", \"quantity\": 1}, {\"productId\":"
                        + " \"garten-ohne-zaun\", \"quantity\": 1}]}"
            })
    void anOrderThatBreaksTheRulesIsRefusedAndSaysWhere(String body) {
        Answer answer = WALDO.post("/api/orders", body);

        answer.expect(422);
        assertThat(answer.text("/requestId")).isNotEmpty();
    }

    @Test
    void thePriceComesFromTheCatalog() {
        Answer order = WALDO.post("/api/orders", User.order(BOOK, 3)).expect(201);

        assertThat(order.json().at("/total/amount").asLong()).isEqualTo(3 * BOOK_PRICE);
        assertThat(order.text("/total/currency")).isEqualTo("usd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4242424242424242", "4242 4242 4242 4242", "4000-0000-0000-0002"})
    void aCardNumberIsRefusedWhereverItStands(String number) {
        WALDO.post("/api/orders", """
            {"items": [{"productId": "the-long-invoice", "quantity": 1}],
             "shippingAddress": {"name": "%s", "line1": "1 Street", "city": "X", "postalCode": "1", "country": "US"}}\
            """.formatted(number)).expectProblem(422, "card-number-refused");
        WALDO.pays(WALDO.orders(), User.card(number)).expectProblem(422, "card-number-refused");
    }

    /** Whose id looks like a card's number, as the identity provider gave it. */
    @Test
    void aUserOfDigitsIsAUserLikeAnyOther() {
        String id = User.OF_DIGITS; // only here
        User number = new User(id);

        String order = number.buys();
        number.pays(number.orders(), User.checkout()).expect(200, 201);
        new Starting(number).beginsWithCard("pm_card_visa").expect(201, 202);

        for (String search : List.of("orders", "payments", "customers", "subscriptions")) {
            Answer found =
                    User.OPERATOR.get("/api/admin/" + search + "?userId=" + id).expect(200);
            assertThat(found.json().path("data")).as(search).isNotEmpty();
        }
        User.OPERATOR
                .post("/api/admin/event-replays?service=payments", """
                        {"consumer": "example", "aggregateId": "%s", "dryRun": true}\
                        """.formatted(id))
                .expect(200);
        assertThat(number.status(order)).isEqualTo("paid");
    }

    /** Else the money is taken, and the buyer is told that nothing was done. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html", "nonsense", "*/*;q=abc", "application/json;q=0"})
    void nobodyPaysForAnAnswerThatTheyDoNotTake(String accept) {
        WERNER.send(
                        "POST",
                        "/api/orders",
                        User.order(BOOK, 1, User.card("pm_card_visa")),
                        Map.of("Idempotency-Key", User.key(), "Accept", accept))
                .expectProblem(406, "not-acceptable");

        assertThat(WERNER.get("/api/orders").expect(200).json().path("data")).isEmpty();
        assertThat(WERNER.get("/api/payments").expect(200).json().path("data")).isEmpty();
    }

    @Test
    void nothingActsForAClientThatDoesNotTakeItsAnswer() {
        List<ApiDocument.Operation> acts = ApiDocument.ofGateway().operations().stream()
                .filter(one -> one.path().startsWith("/api/") && !one.method().equals("GET"))
                .toList();
        assertThat(acts).hasSizeGreaterThan(30);
        for (ApiDocument.Operation one : acts) {
            User user = one.isForOperators() ? User.OPERATOR : WERNER;
            String path = one.path().replaceAll("\\{[^}]+}", User.key());
            user.send(one.method(), path, "{}", Map.of("Idempotency-Key", User.key(), "Accept", "text/html"))
                    .expectProblem(406, "not-acceptable");
        }
        for (Part part : Metrics.SERVICES) {
            URI address = Stack.tillstream().url(part).resolve("/api/orders");
            Web.send("POST", address, Map.of("Accept", "text/html"), "{}").expectProblem(406, "not-acceptable");
        }
    }

    /** Who thinks that it can be said when, or how much, must not take the act for the answer. */
    @Test
    void whatTakesNoFieldsRefusesThem() {
        List<ApiDocument.Operation> bare = ApiDocument.ofGateway().operations().stream()
                .filter(one -> one.path().startsWith("/api/") && !one.json().has("requestBody"))
                .filter(one -> !one.method().equals("GET"))
                .toList();
        assertThat(bare).hasSizeGreaterThan(5);
        for (ApiDocument.Operation one : bare) {
            User user = one.isForOperators() ? User.OPERATOR : WERNER;
            String path = one.path().replaceAll("\\{[^}]+}", User.key());
            Answer answer =
                    user.send(one.method(), path, "{\"when\": \"never\"}", Map.of("Idempotency-Key", User.key()));
            assertThat(answer.status()).as("%s: %s", one.name(), answer.body()).isEqualTo(400);
            assertThat(answer.text("/code")).isEqualTo("malformed-request");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/done",
                "javascript:alert(1)",
                "http://127.0.0.1.evil.example/done",
                "http://user@127.0.0.1:1/",
                "//evil.example"
            })
    void theBuyerIsNeverSentToAStrangersPage(String url) {
        String order = WALDO.orders();

        WALDO.pays(order, """
            {"method": "checkout", "successUrl": "%s", "cancelUrl": "%s/basket"}\
            """.formatted(url, ShopPage.origin())).expectProblem(422, "url-not-allowed");

        assertThat(Simulator.sessionsOf(order)).isEmpty();
    }

    /** Whichever service answers: the page would lead back to a stranger, with the session's id. */
    @ParameterizedTest
    @ValueSource(strings = {"payment", "setup", "subscription"})
    void noPageOfAnyModeLeadsToAStranger(String mode) {
        String what =
                switch (mode) {
                    case "payment" -> "\"orderId\": \"" + WALDO.orders() + "\", ";
                    case "subscription" -> "\"planId\": \"" + Starting.PLAN + "\", ";
                    default -> "";
                };
        String body = "{\"mode\": \"" + mode + "\", " + what + "\"successUrl\": \"%s\", \"cancelUrl\": \"%s\"}";
        String ours = ShopPage.origin() + "/basket";
        for (String theirs : List.of("https://evil.example/done", "http://127.0.0.1.evil.example/done")) {
            WALDO.post("/api/checkout/sessions", body.formatted(theirs, ours)).expectProblem(422, "url-not-allowed");
            WALDO.post("/api/checkout/sessions", body.formatted(ours, theirs)).expectProblem(422, "url-not-allowed");
        }
        WALDO.post("/api/checkout/sessions", body.formatted(ours, ours)).expect(200, 201);
    }

    @Test
    void otherWaysToAskAreRefusedInTheSameForm() {
        WALDO.send("DELETE", "/api/orders", null, Map.of()).expectProblem(405, "method-not-allowed");
        WALDO.send("POST", "/api/orders", "<order/>", Map.of("Content-Type", "application/xml", "Idempotency-Key", "x"))
                .expectProblem(415, "unsupported-media-type");
        WALDO.get("/api/nothing-here").expectProblem(404, "not-found");
        WALDO.get("/api/orders?limit=1000").expect(400, 422);
        WALDO.get("/api/orders?cursor=garbage").expect(400, 422);
        WALDO.get("/api/orders/not-an-id").expect(400, 404);
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAlsoInPieces() {
        String large = "{\"items\": \"" + "x".repeat(70_000) + "\"}";
        WALDO.post("/api/orders", large).expectProblem(413, "body-too-large");

        Answer inPieces = Web.send(
                "POST",
                URI.create(Stack.gateway() + "/api/orders"),
                Map.of(
                        "Authorization",
                        "Bearer " + Tokens.of("waldo"),
                        "Content-Type",
                        "application/json",
                        "Idempotency-Key",
                        User.key()),
                WebhookDoorIT.inPieces(large));
        inPieces.expectProblem(413, "body-too-large");
    }
}
