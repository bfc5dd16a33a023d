package io.tillstream.subscription.billing;

import io.tillstream.stripeevents.StripeEvent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event as an endpoint gets it whose version is older than 2025-03-31.basil.
 *
 * @see <a href="https://docs.stripe.com/changelog/basil">Stripe: what changed with basil</a>
 */
final class OlderShapes {

    private OlderShapes() {}

    static StripeEvent of(StripeEvent event) {
        ObjectNode raw = (ObjectNode) event.raw().deepCopy();
        raw.put("api_version", "2024-06-20");
        ObjectNode object = (ObjectNode) raw.path("data").path("object");
        switch (object.path("object").asString()) {
            case "subscription" -> subscription(object);
            case "invoice" -> invoice(object);
            default -> {}
        }
        return StripeEvent.read(raw);
    }

    /** The period stood on the subscription. */
    private static void subscription(ObjectNode subscription) {
        for (JsonNode item : subscription.path("items").path("data")) {
            for (String field : new String[] {"current_period_start", "current_period_end"}) {
                subscription.set(field, ((ObjectNode) item).remove(field));
            }
        }
    }

    /** Subscription, price and proration stood in the invoice and its lines themselves. */
    private static void invoice(ObjectNode invoice) {
        JsonNode details = invoice.path("parent").path("subscription_details");
        invoice.set("subscription", details.path("subscription").deepCopy());
        invoice.putObject("subscription_details")
                .set("metadata", details.path("metadata").deepCopy());
        invoice.put("paid", invoice.path("status").asString().equals("paid"));
        invoice.putNull("payment_intent").putNull("charge");
        invoice.remove("parent");
        invoice.remove("payments");
        invoice.remove("confirmation_secret");
        for (JsonNode each : invoice.path("lines").path("data")) {
            line((ObjectNode) each);
        }
    }

    private static void line(ObjectNode line) {
        JsonNode parent = line.path("parent").path("subscription_item_details");
        line.set("subscription", parent.path("subscription").deepCopy());
        line.put("proration", parent.path("proration").asBoolean(false));
        line.putObject("price")
                .put("object", "price")
                .set(
                        "id",
                        line.path("pricing").path("price_details").path("price").deepCopy());
        line.remove("parent");
        line.remove("pricing");
    }
}
