package io.tillstream.simulator.search;

import io.tillstream.simulator.state.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields that can be searched for, and how (docs.stripe.com/search#supported-query-fields-for-each-resource): a token is
 * compared as a whole, a text can be looked into too, a number has an order.
 */
final class SearchFields {
    enum Kind {
        TOKEN,
        TEXT,
        NUMBER
    }

    private static final String CARD = "payment_method_details.card.";

    private static final Map<String, Map<String, Kind>> BY_RESOURCE = Map.of(
            "charges",
                    Map.ofEntries(
                            Map.entry("amount", Kind.NUMBER),
                            Map.entry("billing_details.address.postal_code", Kind.TOKEN),
                            Map.entry("created", Kind.NUMBER),
                            Map.entry("currency", Kind.TOKEN),
                            Map.entry("customer", Kind.TOKEN),
                            Map.entry("disputed", Kind.TOKEN),
                            Map.entry(CARD + "brand", Kind.TOKEN),
                            Map.entry(CARD + "exp_month", Kind.NUMBER),
                            Map.entry(CARD + "exp_year", Kind.NUMBER),
                            Map.entry(CARD + "fingerprint", Kind.TOKEN),
                            Map.entry(CARD + "last4", Kind.TOKEN),
                            Map.entry("payment_method_details.type", Kind.TOKEN),
                            Map.entry("refunded", Kind.TOKEN),
                            Map.entry("status", Kind.TOKEN)),
            "customers", Map.of("created", Kind.NUMBER, "email", Kind.TEXT, "name", Kind.TEXT, "phone", Kind.TEXT),
            "invoices",
                    Map.of(
                            "created", Kind.NUMBER,
                            "currency", Kind.TOKEN,
                            "customer", Kind.TOKEN,
                            "number", Kind.TEXT,
                            "receipt_number", Kind.TEXT,
                            "status", Kind.TEXT,
                            "subscription", Kind.TEXT,
                            "total", Kind.NUMBER),
            "payment_intents",
                    Map.of(
                            "amount", Kind.NUMBER,
                            "created", Kind.NUMBER,
                            "currency", Kind.TOKEN,
                            "customer", Kind.TOKEN,
                            "status", Kind.TOKEN),
            "prices",
                    Map.of(
                            "active", Kind.TOKEN,
                            "currency", Kind.TOKEN,
                            "lookup_key", Kind.TEXT,
                            "product", Kind.TEXT,
                            "type", Kind.TOKEN),
            "products",
                    Map.of(
                            "active", Kind.TOKEN,
                            "description", Kind.TEXT,
                            "name", Kind.TEXT,
                            "shippable", Kind.TOKEN,
                            "url", Kind.TEXT),
            "subscriptions", Map.of("canceled_at", Kind.NUMBER, "created", Kind.NUMBER, "status", Kind.TEXT));

    private SearchFields() {}

    static @Nullable Kind kind(String resource, String field) {
        if (field.startsWith("metadata[")) {
            return Kind.TEXT;
        }
        Map<String, Kind> fields = BY_RESOURCE.get(resource);
        return fields == null ? null : fields.get(field);
    }

    /** What an object has there; null if it has nothing. */
    static @Nullable JsonNode value(ObjectNode object, String field) {
        if (field.startsWith("metadata[")) {
            String key = field.substring("metadata[".length(), field.length() - 1);
            return object.path("metadata").get(key);
        }
        if (field.equals("subscription") && Json.is(object, "object", "invoice")) {
            return found(object, "parent.subscription_details.subscription");
        }
        return found(object, field);
    }

    private static @Nullable JsonNode found(ObjectNode object, String field) {
        JsonNode at = object;
        for (String step : field.split("\\.", -1)) {
            at = at.path(step);
        }
        return at.isMissingNode() || at.isNull() ? null : at;
    }
}
