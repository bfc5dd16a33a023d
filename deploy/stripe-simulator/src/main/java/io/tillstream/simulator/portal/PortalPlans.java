package io.tillstream.simulator.portal;

import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.price.Prices;
import io.tillstream.simulator.promotioncode.PromotionCodes;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** From one plan to another: what the portal offers, and how the change is made. */
@Component
class PortalPlans {
    private static final Map<String, Integer> DAYS = Map.of("day", 1, "week", 7, "month", 30, "year", 365);

    private final Prices prices;
    private final PromotionCodes codes;
    private final OwnCalls stripe;

    /** What a customer chose; {@code quantity} and {@code promotionCode} empty if that stays. */
    record Choice(String price, String quantity, String promotionCode) {}

    PortalPlans(Prices prices, PromotionCodes codes, OwnCalls stripe) {
        this.prices = prices;
        this.codes = codes;
        this.stripe = stripe;
    }

    /** Prices that a subscription can be switched to: those of the configuration, or all that are sold at all. */
    List<ObjectNode> offered(JsonNode update, JsonNode subscription) {
        String currency = Json.textOf(subscription, "currency");
        List<String> listed = update.path("products")
                .valueStream()
                .flatMap(product -> product.path("prices").valueStream())
                .map(JsonNode::asString)
                .toList();
        return new Query(prices.store())
                .where("type", "recurring")
                .where(price -> Json.isTrue(price, "active")
                        && (listed.isEmpty() || listed.contains(Json.textOf(price, "id")))
                        && prices.sellsIn(price, currency))
                .all();
    }

    String name(ObjectNode price) {
        return Objects.requireNonNullElse(prices.name(price), "Plan");
    }

    long amount(ObjectNode price, String currency) {
        return prices.amount(price, currency, 1);
    }

    /** Makes the change now, or at the end of the period if the configuration wants it so. Gives what was done. */
    String change(JsonNode update, ObjectNode subscription, Choice choice) {
        JsonNode item = subscription.path("items").path("data").get(0);
        String wanted = choice.price().isEmpty() ? Json.textOf(item.path("price"), "id") : choice.price();
        boolean other = !Json.is(item, "price.id", wanted);
        ObjectNode price = other
                ? offered(update, subscription).stream()
                        .filter(each -> Json.is(each, "id", wanted))
                        .findFirst()
                        .orElseThrow(() -> StripeError.invalid(null, "This plan is not offered.", "price"))
                : prices.store().get(wanted);
        String quantity =
                choice.quantity().isEmpty() ? Long.toString(Json.number(item, "quantity")) : choice.quantity();
        if (!choice.quantity().isEmpty()) {
            refuseQuantity(update, wanted, quantity);
        }
        if (!choice.promotionCode().isEmpty() && !allows(update, "promotion_code")) {
            throw StripeError.invalid(null, "This portal takes no promotion codes.", "promotion_code");
        }
        if (isLater(update, subscription, price, quantity)) {
            later(subscription, wanted, quantity);
            return "The change takes effect when the current period ends";
        }
        Map<String, String> params = new HashMap<>();
        params.put("items[0][id]", Json.textOf(item, "id"));
        params.put("items[0][price]", wanted);
        params.put("items[0][quantity]", quantity);
        String proration = Json.textOf(update, "proration_behavior");
        params.put("proration_behavior", proration);
        if (proration.equals("always_invoice")) {
            params.put("payment_behavior", "error_if_incomplete"); // what was not paid for is not given
        }
        params.put("billing_cycle_anchor", Objects.requireNonNullElse(Json.text(update, "billing_cycle_anchor"), ""));
        if (Json.is(subscription, "status", "trialing") && Json.is(update, "trial_update_behavior", "end_trial")) {
            params.put("trial_end", "now");
        }
        if (!choice.promotionCode().isEmpty()) {
            ObjectNode code = codes.typed(choice.promotionCode(), Json.textOf(subscription, "customer"))
                    .orElseThrow(() -> StripeError.invalid(null, "This code is invalid.", "promotion_code"));
            params.put("discounts[0][promotion_code]", Json.textOf(code, "id"));
        }
        stripe.post("/v1/subscriptions/" + Json.textOf(subscription, "id"), params);
        return "Your plan was changed";
    }

    /**
     * What the configuration lets customers change.
     *
     * @see <a
     *     href="https://docs.stripe.com/api/customer_portal/configurations/object#portal_configuration_object-features-subscription_update-default_allowed_updates">Stripe:
     *     default_allowed_updates</a>
     */
    private static boolean allows(JsonNode update, String what) {
        return update.path("default_allowed_updates").valueStream().anyMatch(each -> each.asString()
                .equals(what));
    }

    /**
     * Where the configuration says how many of a product there may be; otherwise one at least, its default.
     *
     * @see <a
     *     href="https://docs.stripe.com/api/customer_portal/configurations/object#portal_configuration_object-features-subscription_update-products-adjustable_quantity">Stripe:
     *     adjustable_quantity</a>
     */
    private static void refuseQuantity(JsonNode update, String price, String quantity) {
        update.path("products")
                .valueStream()
                .filter(product -> product.path("prices").valueStream().anyMatch(each -> each.asString()
                        .equals(price)))
                .map(product -> product.path("adjustable_quantity"))
                .filter(allowed -> Json.isTrue(allowed, "enabled"))
                .filter(allowed -> count(quantity) < Json.number(allowed, "minimum")
                        || (Json.present(allowed, "maximum") && count(quantity) > Json.number(allowed, "maximum")))
                .findFirst()
                .ifPresent(allowed -> {
                    throw notOffered();
                });
        boolean limited = update.path("products")
                .valueStream()
                .anyMatch(product -> Json.isTrue(product.path("adjustable_quantity"), "enabled")
                        && product.path("prices").valueStream().anyMatch(each -> each.asString()
                                .equals(price)));
        if (!limited && count(quantity) < 1) {
            throw notOffered();
        }
    }

    private static StripeError notOffered() {
        return StripeError.invalid(null, "This quantity is not offered.", "quantity");
    }

    private boolean isLater(JsonNode update, ObjectNode subscription, ObjectNode price, String quantity) {
        JsonNode item = subscription.path("items").path("data").get(0);
        ObjectNode now = prices.store().get(Json.textOf(item.path("price"), "id"));
        String currency = Json.textOf(subscription, "currency");
        boolean less = prices.amount(price, currency, count(quantity))
                < prices.amount(now, currency, Json.number(item, "quantity"));
        boolean shorter = days(price) < days(now);
        return update.path("schedule_at_period_end")
                .path("conditions")
                .valueStream()
                .map(condition -> Json.textOf(condition, "type"))
                .anyMatch(type -> type.equals("decreasing_item_amount") ? less : shorter);
    }

    private static long count(String quantity) {
        try {
            return Long.parseLong(quantity);
        } catch (NumberFormatException e) {
            throw StripeError.malformed("parameter_invalid_integer", "Invalid integer: " + quantity, "quantity");
        }
    }

    private static long days(ObjectNode price) {
        JsonNode recurring = price.path("recurring");
        return Json.number(recurring, "interval_count")
                * Objects.requireNonNull(DAYS.get(Json.textOf(recurring, "interval")));
    }

    /** By a schedule of two phases: the current one as it is, and one with the new price. */
    private void later(ObjectNode subscription, String price, String quantity) {
        String known = Json.text(subscription, "schedule");
        if (known != null) {
            stripe.post("/v1/subscription_schedules/" + known + "/release", Map.of());
        }
        ObjectNode schedule =
                stripe.post("/v1/subscription_schedules", Map.of("from_subscription", Json.textOf(subscription, "id")));
        JsonNode current = schedule.path("phases").get(0);
        ObjectNode wanted = Json.object().put("proration_behavior", "none").put("end_behavior", "release");
        ObjectNode phases = wanted.putObject("phases");
        ObjectNode first = phases.putObject("0");
        first.put("start_date", Long.toString(Json.number(current, "start_date")));
        first.put("end_date", Long.toString(Json.number(current, "end_date")));
        ObjectNode items = first.putObject("items");
        for (JsonNode item : current.path("items")) {
            items.putObject(Integer.toString(items.size()))
                    .put("price", Json.textOf(item, "price"))
                    .put("quantity", Long.toString(Json.number(item, "quantity")));
        }
        ObjectNode second = phases.putObject("1").put("proration_behavior", "none");
        second.putObject("items").putObject("0").put("price", price).put("quantity", quantity);
        stripe.post("/v1/subscription_schedules/" + Json.textOf(schedule, "id"), wanted);
    }
}
