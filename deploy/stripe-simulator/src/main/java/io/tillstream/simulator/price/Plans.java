package io.tillstream.simulator.price;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.product.Products;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/plans}: the older way to recurring prices. "You can use plans and prices interchangeably"
 * (docs.stripe.com/billing/migration/prices), so a plan is a price by the same id, and each is told as both.
 */
@Component
class Plans implements Resource {
    /** Names of a plan's parameters, and what the price's are. */
    private static final Map<String, String> OF_PRICE = Map.of(
            "active", "active",
            "amount", "unit_amount",
            "amount_decimal", "unit_amount_decimal",
            "billing_scheme", "billing_scheme",
            "currency", "currency",
            "metadata", "metadata",
            "nickname", "nickname",
            "tiers", "tiers",
            "tiers_mode", "tiers_mode",
            "transform_usage", "transform_quantity");

    private static final String[] RECURRING = {"interval", "interval_count", "meter", "trial_period_days", "usage_type"
    };

    private final Products products;
    private final Prices prices;

    Plans(Products products, Prices prices, Events events) {
        this.products = products;
        this.prices = prices;
        events.follow((type, object) -> {
            if (type.startsWith("price.") && Json.present(object, "recurring")) {
                events.emit("plan." + type.substring("price.".length()), PlanJson.of(object));
            }
        });
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/plans", this::create)
                .takes("active", "amount", "amount_decimal", "billing_scheme", "currency", "id", "interval")
                .takes("interval_count", "metadata.*", "meter", "nickname", "tiers.*", "tiers_mode")
                .takes("transform_usage.*", "trial_period_days", "usage_type", "product")
                .takes("product.active", "product.id", "product.metadata.*", "product.name")
                .takes("product.statement_descriptor", "product.unit_label");
        routes.get("/v1/plans", this::list).paged().takes("active", "product");
        routes.get("/v1/plans/{id}", call -> PlanJson.of(plan(call)));
        routes.post("/v1/plans/{id}", this::update).takes("active", "metadata.*", "nickname");
        routes.delete("/v1/plans/{id}", this::delete);
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        params.required("interval");
        params.required("currency");
        String id = params.text("id");
        if (id != null && prices.store().find(id).isPresent()) {
            throw StripeError.invalid("resource_already_exists", "Plan already exists.", "id");
        }
        Params wanted = new Params(asPrice(params));
        PriceJson.check(wanted);
        String product = params.textIfAny("product");
        if (product == null) {
            Params made = params.child("product");
            if (made == null) {
                throw StripeError.malformed("parameter_missing", "Missing required param: product.", "product");
            }
            product = Json.textOf(products.make(made), "id");
        } else {
            products.living(product, "product");
        }
        return PlanJson.of(prices.make(product, wanted, !Boolean.FALSE.equals(params.flag("active"))));
    }

    private static ObjectNode asPrice(Params given) {
        ObjectNode price = Json.object();
        OF_PRICE.forEach((plan, name) -> {
            if (given.has(plan)) {
                price.set(name, given.raw(plan));
            }
        });
        ObjectNode recurring = price.putObject("recurring");
        for (String name : RECURRING) {
            if (given.has(name)) {
                recurring.set(name, given.raw(name));
            }
        }
        if (given.has("id")) {
            price.set("id", given.raw("id"));
        }
        return price;
    }

    @CanIgnoreReturnValue
    private ObjectNode plan(Call call) {
        String id = call.variable("id");
        return prices.store()
                .find(id)
                .filter(price -> Json.present(price, "recurring"))
                .orElseThrow(() -> StripeError.missing("plan", id, "plan"));
    }

    private ObjectNode list(Call call) {
        Query query = new Query(prices.store())
                .where("product", call.params().text("product"))
                .where("type", "recurring");
        Boolean active = call.params().flag("active");
        if (active != null) {
            query.where(price -> Json.isTrue(price, "active") == active);
        }
        ObjectNode list = call.list(prices.store(), query);
        ObjectNode plans = list.deepCopy();
        plans.putArray("data");
        list.get("data").forEach(price -> plans.withArray("data").add(PlanJson.of(price)));
        return plans;
    }

    private ObjectNode update(Call call) {
        plan(call);
        return PlanJson.of(prices.update(call.variable("id"), call.params()));
    }

    private ObjectNode delete(Call call) {
        plan(call);
        ObjectNode unused = prices.delete(call.variable("id"));
        return Json.object("plan", call.variable("id")).put("deleted", true);
    }
}
