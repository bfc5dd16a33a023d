package io.tillstream.simulator.price;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Prices that change with the quantity (docs.stripe.com/products-prices/pricing-models#tiered-pricing): {@code volume} bills
 * all at the tier that the quantity reaches, {@code graduated} each part at the tier it lies in. Shown only by
 * {@code expand[]}.
 */
@Component
class Tiers {
    private static final String UNLIMITED = "inf";

    private final StateMap<ObjectNode> byPrice;

    Tiers(Stores stores) {
        this.byPrice = stores.map("price.tiers", ObjectNode.class);
    }

    static void check(Params params) {
        for (String each : List.of("unit_amount", "unit_amount_decimal", "transform_quantity", "currency_options")) {
            if (params.has(each)) {
                throw StripeError.malformed(
                        null, "You cannot set `" + each + "` when `billing_scheme` is `tiered`.", params.param(each));
            }
        }
        params.required("tiers_mode");
        params.oneOf("tiers_mode", "graduated", "volume");
        List<Params> tiers = params.children("tiers");
        long below = 0;
        for (int i = 0; i < tiers.size(); i++) {
            Params tier = tiers.get(i);
            boolean last = i == tiers.size() - 1;
            if (tier.required("up_to").equals(UNLIMITED) != last) {
                throw StripeError.malformed(
                        null, "The last tier, and no other, must be infinite (`up_to=inf`).", tier.param("up_to"));
            }
            if (!last) {
                long end = tier.requiredInteger("up_to");
                if (end <= below) {
                    throw StripeError.malformed(
                            null, "The tiers must be in ascending order by `up_to`.", tier.param("up_to"));
                }
                below = end;
            }
            tier(tier);
        }
        if (tiers.isEmpty()) {
            throw StripeError.malformed("parameter_missing", "Missing required param: tiers.", params.param("tiers"));
        }
    }

    static void refuse(Params params) {
        for (String each : List.of("tiers", "tiers_mode")) {
            if (params.has(each)) {
                throw StripeError.malformed(
                        null, "You cannot set `" + each + "` unless `billing_scheme` is `tiered`.", params.param(each));
            }
        }
    }

    @CanIgnoreReturnValue
    private static ObjectNode tier(Params params) {
        ObjectNode tier = Json.object();
        boolean flat = amount(params, tier, "flat_amount");
        boolean each = amount(params, tier, "unit_amount");
        if (!flat && !each) {
            throw StripeError.malformed(
                    null, "Each tier must have a `unit_amount` or a `flat_amount`.", params.param("unit_amount"));
        }
        String end = params.required("up_to");
        return end.equals(UNLIMITED) ? tier.putNull("up_to") : tier.put("up_to", Long.parseLong(end));
    }

    private static boolean amount(Params params, ObjectNode tier, String name) {
        String whole = params.text(name);
        String decimal = params.text(name + "_decimal");
        if (whole != null && decimal != null) {
            throw StripeError.malformed(
                    null,
                    "You may only specify one of these parameters: " + name + ", " + name + "_decimal.",
                    params.param(name));
        }
        String given = whole == null ? decimal : whole;
        if (given == null) {
            tier.putNull(name).putNull(name + "_decimal");
            return false;
        }
        BigDecimal amount = new BigDecimal(given).stripTrailingZeros();
        if (amount.signum() < 0) {
            throw StripeError.malformed(
                    "parameter_invalid_integer", "Invalid non-negative integer", params.param(name));
        }
        if (amount.scale() <= 0) {
            tier.put(name, amount.longValueExact());
        } else {
            tier.putNull(name);
        }
        tier.put(name + "_decimal", amount.toPlainString());
        return true;
    }

    void keep(String price, Params params) {
        List<Params> given = params.children("tiers");
        if (!given.isEmpty()) {
            ObjectNode kept = Json.object();
            ArrayNode tiers = kept.putArray("tiers");
            given.forEach(each -> tiers.add(tier(each)));
            byPrice.put(price, kept);
        }
    }

    /** Null for a price without any, as Stripe shows it. */
    JsonNode of(ObjectNode price) {
        ObjectNode kept = byPrice.get(Json.textOf(price, "id"));
        return kept == null
                ? tools.jackson.databind.node.NullNode.getInstance()
                : kept.get("tiers").deepCopy();
    }

    BigDecimal amount(ObjectNode price, BigDecimal quantity) {
        JsonNode tiers =
                Objects.requireNonNull(byPrice.get(Json.textOf(price, "id"))).path("tiers");
        boolean graduated = Json.is(price, "tiers_mode", "graduated");
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal below = BigDecimal.ZERO;
        for (JsonNode tier : tiers) {
            boolean last = !Json.present(tier, "up_to");
            BigDecimal end = last ? quantity : BigDecimal.valueOf(Json.number(tier, "up_to"));
            boolean reached = last || quantity.compareTo(end) <= 0;
            if (graduated && (quantity.compareTo(below) > 0 || below.signum() == 0)) {
                BigDecimal part = quantity.min(end).subtract(below).max(BigDecimal.ZERO);
                sum = sum.add(cost(tier, part));
            }
            if (reached) {
                return graduated ? sum : cost(tier, quantity);
            }
            below = end;
        }
        return sum;
    }

    private static BigDecimal cost(JsonNode tier, BigDecimal quantity) {
        return decimal(tier, "unit_amount_decimal").multiply(quantity).add(decimal(tier, "flat_amount_decimal"));
    }

    private static BigDecimal decimal(JsonNode tier, String field) {
        String text = Json.text(tier, field);
        return text == null ? BigDecimal.ZERO : new BigDecimal(text);
    }

    void forget(String price) {
        byPrice.remove(price);
    }
}
