package io.tillstream.subscription.billing;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

/** A user with a subscription that was made at Stripe, and the clock there. */
abstract class Billed extends SimulatedStripe {

    protected static final String FEATURES = "['rooms','exports']";

    protected final String product =
            "b" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    protected String customer = "";
    protected String stripeId = "";

    @BeforeEach
    void aCustomer() {
        customer = STRIPE.post("/v1/customers", "name=Pat").path("id").asString();
        execute("insert into customers (stripe_customer_id, user_id) values ('" + customer + "', '" + user + "')");
        gives("pm_card_visa");
        news(); // of others
    }

    /** Stripe's price of a plan of 20 dollars a month. */
    protected String plan(String product, String features) {
        JsonNode plan = json(post(
                        "operator",
                        "/api/plans",
                        "{'name':'Team','product':'" + product + "','interval':'month','prices':[{'amount':2000,"
                                + "'currency':'usd'}],'features':" + features + "}")
                .expectStatus()
                .isCreated());
        return plan.path("stripePriceId").asString();
    }

    /** The card that is charged from now on. */
    protected void gives(String card) {
        String method = STRIPE.post("/v1/payment_methods/" + card + "/attach", "customer=" + customer)
                .path("id")
                .asString();
        STRIPE.post("/v1/customers/" + customer, "invoice_settings[default_payment_method]=" + method);
    }

    protected void subscribes(String... more) {
        subscribesTo(plan(product, FEATURES), more);
    }

    protected void subscribesTo(String price, String... more) {
        String form = "customer=" + customer + "&items[0][price]=" + price;
        JsonNode subscription = STRIPE.post("/v1/subscriptions", form + String.join("", more));
        stripeId = subscription.path("id").asString();
        if (stripeId.isEmpty()) {
            throw new IllegalStateException(subscription.toString());
        }
    }

    protected void passes(String duration) {
        STRIPE.advance(duration);
    }

    /** Time passes at Stripe, and all of its news comes in order. */
    protected void lives(String duration) {
        passes(duration);
        deliverAll();
    }

    /** The longest month, and the hour in which a new invoice is still a draft. */
    protected void livesAMonth() {
        lives("P20D"); // Stripe lists the events of the last 30 days
        lives("P11DT2H");
    }

    /** What Stripe tells of a month, in which nothing arrives here. */
    protected List<StripeEvent> newsOfAMonth() {
        passes("P20D");
        List<StripeEvent> told = new ArrayList<>(news());
        passes("P11DT2H");
        told.addAll(news());
        return told;
    }

    protected String statusAtStripe() {
        return STRIPE.get("/v1/subscriptions/" + stripeId).path("status").asString();
    }

    protected String status() {
        return only(texts("select status from subscriptions where stripe_subscription_id = '" + stripeId + "'"));
    }

    protected String id() {
        return only(texts("select id from subscriptions where stripe_subscription_id = '" + stripeId + "'"));
    }

    /** Feature and grade of each entitlement, by the API. */
    protected List<String> entitlements() {
        return get("/api/entitlements")
                .path("data")
                .valueStream()
                .map(one ->
                        one.path("feature").asString() + " " + one.path("grade").asString())
                .toList();
    }

    /** What other systems were told about the user, oldest first, without the common beginning. */
    protected List<String> told(String like) {
        return texts("select replace(replace(type, 'io.tillstream.', ''), '.v1', '') from outbox where aggregate_id = '"
                + user + "' and type like 'io.tillstream." + like + "%' order by seq");
    }

    protected List<StripeEvent> newsOf(List<StripeEvent> all, String type) {
        return all.stream().filter(event -> event.type().equals(type)).toList();
    }

    private static String only(List<String> found) {
        return found.isEmpty() ? "none" : found.get(0);
    }
}
