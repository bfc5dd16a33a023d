package io.tillstream.simulator.portal;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The features of a portal, each on or off, with what belongs to it. */
final class PortalFeatures {
    private static final String NONE = "{'customer_update':{'allowed_updates':[],'enabled':false},"
            + "'invoice_history':{'enabled':false},"
            + "'payment_method_update':{'enabled':false,'payment_method_configuration':null},"
            + "'subscription_cancel':{'cancellation_reason':{'enabled':false,'options':[]},'enabled':false,"
            + "'mode':'at_period_end','proration_behavior':'none'},"
            + "'subscription_update':{'billing_cycle_anchor':null,'default_allowed_updates':[],'enabled':false,"
            + "'products':[],'proration_behavior':'none','schedule_at_period_end':{'conditions':[]},"
            + "'trial_update_behavior':'end_trial'}}";

    private PortalFeatures() {}

    static ObjectNode none() {
        return Json.literal(NONE);
    }

    /** All on: what the account's own portal offers. */
    static ObjectNode usual() {
        ObjectNode features = none();
        for (JsonNode feature : features) {
            ((ObjectNode) feature).put("enabled", true);
        }
        at(features, "customer_update")
                .set("allowed_updates", Json.array(List.of("name", "email", "address", "phone")));
        ObjectNode reason = (ObjectNode) features.path("subscription_cancel").path("cancellation_reason");
        reason.put("enabled", true)
                .set("options", Json.array(List.of("too_expensive", "missing_features", "unused", "other")));
        at(features, "subscription_update")
                .put("proration_behavior", "create_prorations")
                .set("default_allowed_updates", Json.array(List.of("price", "quantity", "promotion_code")));
        return features;
    }

    private static ObjectNode at(ObjectNode features, String name) {
        return (ObjectNode) features.get(name);
    }

    static void apply(Params params, ObjectNode features) {
        for (String name : features.propertyNames()) {
            Params given = params.child(name);
            Boolean enabled = given == null ? null : given.flag("enabled");
            if (enabled != null) {
                at(features, name).put("enabled", enabled);
            }
        }
        lists(params, "customer_update", "allowed_updates", features);
        cancel(params, features);
        update(params, features);
    }

    private static void lists(Params params, String feature, String field, ObjectNode features) {
        Params given = params.child(feature);
        if (given != null && given.has(field)) {
            at(features, feature).set(field, Json.array(given.texts(field)));
        }
    }

    private static void cancel(Params params, ObjectNode features) {
        Params given = params.child("subscription_cancel");
        if (given == null) {
            return;
        }
        ObjectNode cancel = at(features, "subscription_cancel");
        choice(given, cancel, "mode", "at_period_end", "immediately");
        choice(given, cancel, "proration_behavior", "always_invoice", "create_prorations", "none");
        Params reason = given.child("cancellation_reason");
        if (reason != null) {
            cancel.putObject("cancellation_reason")
                    .put("enabled", reason.isTrue("enabled"))
                    .set("options", Json.array(reason.texts("options")));
        }
    }

    private static void choice(Params given, ObjectNode into, String field, String... values) {
        String value = given.oneOf(field, values);
        if (value != null) {
            into.put(field, value);
        }
    }

    private static void update(Params params, ObjectNode features) {
        lists(params, "subscription_update", "default_allowed_updates", features);
        Params given = params.child("subscription_update");
        if (given == null) {
            return;
        }
        ObjectNode update = at(features, "subscription_update");
        choice(given, update, "billing_cycle_anchor", "now", "unchanged");
        choice(given, update, "proration_behavior", "always_invoice", "create_prorations", "none");
        choice(given, update, "trial_update_behavior", "continue_trial", "end_trial");
        Params later = given.child("schedule_at_period_end");
        if (later != null) {
            ArrayNode conditions = update.putObject("schedule_at_period_end").putArray("conditions");
            for (Params condition : later.children("conditions")) {
                condition.required("type");
                conditions
                        .addObject()
                        .put("type", condition.oneOf("type", "decreasing_item_amount", "shortening_interval"));
            }
        }
        if (given.has("products")) {
            products(given, update.putArray("products"));
        }
    }

    private static void products(Params given, ArrayNode products) {
        for (Params each : given.children("products")) {
            List<String> prices = each.texts("prices");
            if (prices.isEmpty()) {
                throw StripeError.malformed(
                        "parameter_missing",
                        "Missing required param: " + each.param("prices") + ".",
                        each.param("prices"));
            }
            ObjectNode product = products.addObject();
            product.set("adjustable_quantity", quantity(each.child("adjustable_quantity")));
            product.set("prices", Json.array(prices));
            product.put("product", each.required("product"));
        }
    }

    /** How many a customer may have of it: docs.stripe.com/api/customer_portal/configurations/create. */
    private static ObjectNode quantity(@Nullable Params given) {
        Long most = given == null ? null : given.integer("maximum");
        Long least = given == null ? null : given.integer("minimum");
        if (given != null && most != null && most < (least == null ? 1 : least)) {
            throw StripeError.malformed(
                    "parameter_invalid_integer",
                    "The maximum must not be less than the minimum.",
                    given.param("maximum"));
        }
        return Json.object()
                .put("enabled", given != null && given.isTrue("enabled"))
                .put("maximum", most)
                .put("minimum", least == null ? 1 : least);
    }
}
