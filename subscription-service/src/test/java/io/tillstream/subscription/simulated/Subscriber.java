package io.tillstream.subscription.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** A user who has a subscription, which Stripe began and told of. */
public abstract class Subscriber extends SimulatedStripe {

    protected static final String GOOD_CARD = "pm_card_visa";
    protected static final String EMPTY_CARD = "pm_card_chargeCustomerFail"; // can be saved, and pays nothing
    protected static final String CHECKED_CARD = "pm_card_authenticationRequired"; // each time its bank asks

    protected String customer = "";
    protected String stripeId = "";
    protected String id = "";

    /** An active subscription, paid for the running period. */
    protected void subscribes(String plan, int quantity) {
        subscribes(plan, quantity, "");
    }

    protected void subscribes(String plan, int quantity, String more) {
        customer = customer();
        execute("insert into customers (stripe_customer_id, user_id) values ('" + customer + "', '" + user
                + "') on conflict do nothing");
        pays(GOOD_CARD);
        stripeId = made(STRIPE.post(
                "/v1/subscriptions",
                "customer=" + customer + "&items[0][price]=" + priceOf(plan) + "&items[0][quantity]=" + quantity
                        + more));
        deliverAll();
        id = texts("select id from subscriptions where stripe_subscription_id = '" + stripeId + "'")
                .get(0);
    }

    /** From now on this card pays what Stripe asks of the customer. */
    protected void pays(String card) {
        String saved = made(STRIPE.post("/v1/payment_methods/" + card + "/attach", "customer=" + customer));
        made(STRIPE.post("/v1/customers/" + customer, "invoice_settings[default_payment_method]=" + saved));
    }

    private static String made(JsonNode answer) {
        assertThat(answer.has("error")).as(answer.toString()).isFalse();
        return answer.path("id").asString();
    }

    protected static String priceOf(String plan) {
        return await().atMost(WAIT)
                .until(
                        () -> texts("select stripe_price_id from plans where stripe_price_id is not null and id = '"
                                + plan + "'"),
                        found -> !found.isEmpty())
                .get(0);
    }

    protected JsonNode shownAtStripe() {
        return STRIPE.get("/v1/subscriptions/" + stripeId);
    }

    protected String priceAtStripe() {
        return shownAtStripe().at("/items/data/0/price/id").asString();
    }

    protected List<JsonNode> invoices() {
        JsonNode page = STRIPE.get("/v1/invoices?limit=100&subscription=" + stripeId);
        return StreamSupport.stream(page.path("data").spliterator(), false).toList();
    }

    protected WebTestClient.ResponseSpec act(String what, String body) {
        return act(what, body, UUID.randomUUID().toString());
    }

    protected WebTestClient.ResponseSpec act(String what, String body, String key) {
        return act(user, what, body, key);
    }

    protected WebTestClient.ResponseSpec act(String who, String what, String body, String key) {
        var request =
                as(who).post().uri("/api/subscriptions/" + id + "/" + what).header("Idempotency-Key", key);
        return body.isEmpty()
                ? request.exchange()
                : request.header("Content-Type", "application/json")
                        .bodyValue(body.replace('\'', '"'))
                        .exchange();
    }

    protected static JsonNode ok(WebTestClient.ResponseSpec answer) {
        return expect(answer, 200);
    }

    protected static JsonNode expect(WebTestClient.ResponseSpec answer, int status) {
        var result = answer.expectBody().returnResult();
        byte[] body = result.getResponseBody();
        JsonNode json = JSON.readTree(body == null ? new byte[] {'{', '}'} : body);
        assertThat(result.getStatus().value()).as(json.toString()).isEqualTo(status);
        return json;
    }

    protected static void refused(WebTestClient.ResponseSpec answer, int status, String code) {
        assertThat(expect(answer, status).path("code").asString()).isEqualTo(code);
    }

    protected JsonNode quoted(String body) {
        return ok(act("quote", body));
    }

    protected WebTestClient.ResponseSpec changes(JsonNode quote) {
        return changes(quote, UUID.randomUUID().toString());
    }

    protected WebTestClient.ResponseSpec changes(JsonNode quote, String key) {
        return act("change", "{'quote':'" + quote.path("quote").asString() + "'}", key);
    }

    protected String column(String column) {
        return texts("select " + column + " from subscriptions where id = '" + id + "'")
                .get(0);
    }
}
