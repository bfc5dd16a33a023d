package io.tillstream.simulator.api;

import io.tillstream.simulator.state.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What versions since 2026-09-30.endive ask for in another way than stripe-java's own, by docs.stripe.com/changelog/endive:
 * {@code remove-payment-method-types-checkout-sessions}, {@code polymorphic-billing-cycle-anchor},
 * {@code removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents}.
 */
final class NewerParameters {
    private static final String ENDIVE = "2026-09-30";
    private static final String METHODS = "payment_method_types";
    private static final String ALLOWED = "allowed_payment_method_types";
    private static final String PAGES = "POST /v1/checkout/sessions";
    private static final String ANCHOR = "billing_cycle_anchor";
    private static final String DETAILS = "subscription_details";
    private static final Set<String> OF_INTENTS = Set.of(
            "POST /v1/payment_intents",
            "POST /v1/payment_intents/{id}",
            "POST /v1/payment_intents/{id}/confirm",
            "POST /v1/setup_intents",
            "POST /v1/setup_intents/{id}");

    /** Where the anchor is an object, and its types. */
    private static final Map<String, List<String>> ANCHORS = Map.of(
            "POST /v1/subscriptions/{id}", List.of("now", "unchanged"),
            "POST /v1/subscriptions/{id}/resume", List.of("now", "unchanged"),
            "POST /v1/invoices/create_preview", List.of("now", "timestamp", "unchanged"));

    private NewerParameters() {}

    /** Refuses what is gone, and turns what is new into what it was before. */
    static void translate(String operation, ObjectNode given, @Nullable String version) {
        if (version == null || version.compareTo(ENDIVE) < 0) {
            return;
        }
        if (given.has(METHODS) && OF_INTENTS.contains(operation)) {
            throw StripeError.malformed(
                    "payment_method_types_no_longer_supported",
                    "The parameter `payment_method_types` is no longer supported. Use dynamic payment methods, or"
                            + " `allowed_payment_method_types` or `excluded_payment_method_types` instead.",
                    METHODS);
        }
        if (operation.equals(PAGES)) {
            refuseOfPages(given);
        }
        List<String> types = ANCHORS.get(operation);
        if (types != null && given.has(ANCHOR)) {
            anchor(given, types, ANCHOR);
        }
        if (types != null && given.get(DETAILS) instanceof ObjectNode details && details.has(ANCHOR)) {
            anchor(details, types, DETAILS + "[" + ANCHOR + "]");
        }
    }

    /** No code is documented for pages: there is no such parameter any more. Its successor is not done here. */
    private static void refuseOfPages(ObjectNode given) {
        if (given.has(METHODS)) {
            throw StripeError.malformed("parameter_unknown", "Received unknown parameter: " + METHODS, METHODS);
        }
        if (given.has(ALLOWED)) {
            throw StripeError.malformed(
                    "parameter_not_simulated",
                    "The stand-in for Stripe does not do " + ALLOWED + ". Stripe itself has this parameter.",
                    ALLOWED);
        }
    }

    private static void anchor(ObjectNode given, List<String> types, String shown) {
        if (!(given.get(ANCHOR) instanceof ObjectNode wanted)) {
            throw StripeError.malformed(null, "Invalid object", shown);
        }
        String type = Json.text(wanted, "type");
        if (type == null || !types.contains(type)) {
            throw StripeError.malformed(
                    type == null ? "parameter_missing" : null,
                    type == null
                            ? "Missing required param: " + shown + "[type]."
                            : "Invalid " + shown + "[type]: must be one of " + String.join(", ", types),
                    shown + "[type]");
        }
        for (String name : wanted.propertyNames()) {
            boolean known = name.equals("type") || (name.equals("timestamp") && types.contains("timestamp"));
            if (!known) {
                String unknown = shown + "[" + name + "]";
                throw StripeError.malformed("parameter_unknown", "Received unknown parameter: " + unknown, unknown);
            }
        }
        JsonNode at = wanted.get("timestamp");
        if (type.equals("timestamp") && at == null) {
            throw StripeError.malformed(
                    "parameter_missing", "Missing required param: " + shown + "[timestamp].", shown + "[timestamp]");
        }
        given.put(ANCHOR, type.equals("timestamp") ? at.asString() : type);
    }
}
