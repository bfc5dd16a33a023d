package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.price.Prices;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Items as a caller names them: added, changed, taken away. */
@Component
class SubscriptionItems {
    static final String[] PARAMS = {
        "items.id",
        "items.plan",
        "items.price",
        "items.price_data.*",
        "items.quantity",
        "items.deleted",
        "items.clear_usage=false",
        "items.metadata.*"
    };
    private static final int MOST_ITEMS = 20; // Stripe's limit

    private final Prices prices;
    private final ItemDiscountsAndTaxes terms;

    SubscriptionItems(Prices prices, ItemDiscountsAndTaxes terms) {
        this.prices = prices;
        this.terms = terms;
    }

    /** The items of {@code subscription} after what the parameters say, in {@code items} or as one item's own. */
    List<ObjectNode> after(ObjectNode subscription, List<Params> wanted, long now) {
        List<ObjectNode> items = new ArrayList<>();
        Subscriptions.items(subscription).forEach(item -> items.add(item.deepCopy()));
        for (Params params : wanted) {
            String id = params.text("id");
            ObjectNode known = id == null ? null : named(items, id, params);
            if (known == null) {
                refuseTwice(items, params);
                ObjectNode price = price(params, "price");
                items.add(SubscriptionJson.item(Json.textOf(subscription, "id"), price, now));
                apply(params, items.get(items.size() - 1));
                terms.apply(params, items.get(items.size() - 1), subscription);
            } else if (params.isTrue("deleted")) {
                items.remove(known);
            } else {
                change(known, params);
                terms.apply(params, known, subscription);
            }
        }
        check(items, Json.text(subscription, "currency"));
        return items;
    }

    private static ObjectNode named(List<ObjectNode> items, String id, Params params) {
        return items.stream()
                .filter(item -> Json.is(item, "id", id))
                .findFirst()
                .orElseThrow(() -> StripeError.missingReference("subscription item", id, params.param("id")));
    }

    private static void refuseTwice(List<ObjectNode> items, Params params) {
        String price = named(params);
        boolean there = price != null && items.stream().anyMatch(item -> Json.is(item.path("price"), "id", price));
        if (there) {
            throw StripeError.invalid(
                    null, "Cannot add multiple subscription items with the same plan: " + price, params.param("price"));
        }
    }

    /** The price that is named, or the plan, which is one by the same id; null if neither is. */
    private static @Nullable String named(Params params) {
        String plan = params.text("plan");
        String price = params.text("price");
        if (plan != null && price != null) {
            throw StripeError.malformed(
                    null, "You may only specify one of these parameters: plan, price.", params.param("price"));
        }
        return price == null ? plan : price;
    }

    private void change(ObjectNode item, Params params) {
        String price = named(params);
        boolean other = price != null && !Json.is(item.path("price"), "id", price);
        if (other || params.child("price_data") != null) {
            SubscriptionJson.setPrice(item, price(params, "price"));
            if (Costs.isMetered(item)) {
                item.remove("quantity");
            } else if (!params.has("quantity")) {
                item.put("quantity", 1); // Stripe's rule: a new price starts with one, unless told
            }
        }
        apply(params, item);
    }

    private static void apply(Params params, ObjectNode item) {
        Long quantity = params.integer("quantity");
        if (quantity != null && quantity < 0) {
            throw StripeError.malformed(
                    "parameter_invalid_integer",
                    "This value must be greater than or equal to 0.",
                    params.param("quantity"));
        }
        if (quantity != null && Costs.isMetered(item)) {
            throw StripeError.invalid(
                    null,
                    "You cannot set the quantity for metered plans: " + Json.textOf(item.path("price"), "id") + ".",
                    params.param("quantity"));
        }
        if (quantity != null) {
            item.put("quantity", quantity);
        }
        Metadata.apply(params, item);
    }

    /** By {@code price}, or made of {@code price_data}. */
    ObjectNode price(Params params, String name) {
        params.refuseBoth(name, "price_data");
        Params data = params.child("price_data");
        if (data != null) {
            return prices.inline(data);
        }
        String plan = name.equals("price") ? params.text("plan") : null;
        return plan != null
                ? prices.purchasable(plan, params.param("plan"))
                : prices.purchasable(params.required(name), params.param(name));
    }

    private void check(List<ObjectNode> items, @Nullable String currency) {
        if (items.isEmpty()) {
            throw StripeError.invalid(
                    null,
                    "A subscription must have at least one active item. To cancel it, delete the subscription instead.",
                    "items");
        }
        if (items.size() > MOST_ITEMS) {
            throw StripeError.malformed(null, "A subscription can have up to 20 items.", "items");
        }
        JsonNode first = items.get(0).path("price");
        for (ObjectNode item : items) {
            ObjectNode price = (ObjectNode) item.get("price");
            if (!price.path("recurring").isObject()) {
                throw StripeError.invalid(
                        null,
                        "The price specified is set to `type=one_time` but this field only accepts prices with"
                                + " `type=recurring`.",
                        "items[0][price]");
            }
            if (!sameRhythm(first, price)) {
                throw StripeError.malformed(
                        "parameter_not_simulated",
                        "The stand-in for Stripe has one calendar for a subscription, and does not do prices of"
                                + " different intervals in one. Stripe itself does.",
                        "items");
            }
            String expected = currency == null ? Json.textOf(first, "currency") : currency;
            if (!prices.sellsIn(price, expected)) {
                throw Costs.wrongCurrency(price, expected);
            }
        }
    }

    private static boolean sameRhythm(JsonNode one, JsonNode other) {
        return Objects.equals(
                        one.path("recurring").get("interval"),
                        other.path("recurring").get("interval"))
                && Json.number(one.path("recurring"), "interval_count")
                        == Json.number(other.path("recurring"), "interval_count");
    }
}
