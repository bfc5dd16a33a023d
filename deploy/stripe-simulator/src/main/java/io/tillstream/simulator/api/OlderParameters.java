package io.tillstream.simulator.api;

import io.tillstream.simulator.state.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Parameters that the newest version of Stripe's API has no more, for requests in a version that still had them. A request
 * without a version has its account's, which may be as old (docs.stripe.com/api/versioning): Stripe's own command line
 * counts on that.
 */
final class OlderParameters {
    private static final String BASIL = "2025-03-31"; // previews are asked for in another way from here on
    private static final String CLOVER = "2025-09-30"; // docs.stripe.com/changelog/clover
    private static final String AUTOMATIC = "2023-08-16"; // from here on intents choose their methods themselves
    private static final List<String> OF_CUSTOMERS = List.of("coupon", "promotion_code");
    private static final List<String> OF_PHASES = List.of("iterations");
    private static final Map<String, List<String>> REMOVED =
            Map.of("POST /v1/customers", OF_CUSTOMERS, "POST /v1/customers/{id}", OF_CUSTOMERS);
    private static final List<String> METHODS =
            List.of("payment_method_types", "automatic_payment_methods", "payment_method_configuration");

    private OlderParameters() {}

    /** Takes them out of what was given, so that the rest can be judged by the newest version; gives what was taken. */
    static ObjectNode take(String operation, ObjectNode given, @Nullable String version) {
        if (operation.equals("GET /v1/invoices/upcoming") && version != null && version.compareTo(BASIL) >= 0) {
            throw StripeError.missing("invoice", "upcoming", "invoice");
        }
        ObjectNode taken = Json.object();
        if (version != null && version.compareTo(CLOVER) >= 0) {
            return taken;
        }
        move(given, taken, REMOVED.getOrDefault(operation, List.of()));
        if (operation.startsWith("POST /v1/subscription_schedules") && given.path("phases") instanceof ObjectNode all) {
            ObjectNode phases = taken.putObject("phases");
            for (String name : List.copyOf(all.propertyNames())) {
                if (all.get(name) instanceof ObjectNode phase) {
                    move(phase, phases.putObject(name), OF_PHASES);
                }
            }
        }
        boolean coded = operation.equals("POST /v1/promotion_codes") && given.has("coupon") && !given.has("promotion");
        if (coded) {
            given.putObject("promotion").put("type", "coupon").set("coupon", given.remove("coupon"));
        }
        boolean intent = operation.equals("POST /v1/payment_intents") || operation.equals("POST /v1/setup_intents");
        if (intent
                && version != null
                && version.compareTo(AUTOMATIC) < 0
                && METHODS.stream().noneMatch(given::has)) {
            given.putObject("payment_method_types").put("0", "card");
        }
        return taken;
    }

    private static void move(ObjectNode from, ObjectNode to, List<String> names) {
        for (String name : names) {
            JsonNode value = from.remove(name);
            if (value != null) {
                to.set(name, value);
            }
        }
    }

    static void giveBack(ObjectNode taken, ObjectNode given) {
        for (Map.Entry<String, JsonNode> field : taken.properties()) {
            boolean nested = field.getValue() instanceof ObjectNode && given.get(field.getKey()) instanceof ObjectNode;
            if (nested) {
                giveBack((ObjectNode) field.getValue(), (ObjectNode) given.get(field.getKey()));
            } else {
                given.set(field.getKey(), field.getValue());
            }
        }
    }
}
