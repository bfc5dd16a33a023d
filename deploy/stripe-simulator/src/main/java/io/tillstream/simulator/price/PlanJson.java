package io.tillstream.simulator.price;

import io.tillstream.simulator.state.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The older form of a recurring price: {@code /v1/plans} has it, and subscriptions' items still carry it. */
public final class PlanJson {
    private PlanJson() {}

    public static ObjectNode of(JsonNode price) {
        JsonNode recurring = price.path("recurring");
        ObjectNode plan = Json.object("plan", Json.textOf(price, "id"));
        plan.set("active", price.get("active"));
        plan.set("amount", price.get("unit_amount"));
        plan.set("amount_decimal", price.get("unit_amount_decimal"));
        for (String same : new String[] {"billing_scheme", "created", "currency"}) {
            plan.set(same, price.get(same));
        }
        for (String same : new String[] {"interval", "interval_count"}) {
            plan.set(same, recurring.get(same));
        }
        plan.put("livemode", false);
        plan.set("metadata", price.get("metadata"));
        plan.set("meter", recurring.get("meter"));
        for (String same : new String[] {"nickname", "product", "tiers_mode"}) {
            plan.set(same, price.get(same));
        }
        JsonNode transform = price.path("transform_quantity");
        plan.set("transform_usage", transform.isMissingNode() ? null : transform);
        plan.set("trial_period_days", recurring.get("trial_period_days"));
        plan.set("usage_type", recurring.get("usage_type"));
        return plan;
    }
}
