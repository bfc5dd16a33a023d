package io.tillstream.simulator.price;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A price as it is made from its parameters. */
final class PriceJson {
    static final String[] PARAMS = {
        "active",
        "billing_scheme",
        "currency",
        "currency_options.unit_amount",
        "currency_options.unit_amount_decimal",
        "currency_options.tax_behavior",
        "lookup_key",
        "metadata.*",
        "nickname",
        "product",
        "product_data.active",
        "product_data.id",
        "product_data.metadata.*",
        "product_data.name",
        "product_data.statement_descriptor",
        "product_data.unit_label",
        "recurring.interval",
        "recurring.interval_count",
        "recurring.meter",
        "recurring.usage_type",
        "tax_behavior",
        "tiers.*",
        "tiers_mode",
        "transfer_lookup_key",
        "transform_quantity.*",
        "unit_amount",
        "unit_amount_decimal"
    };
    private static final int MOST_DECIMALS = 12; // Stripe's limit

    /** Three years, the longest period that Stripe bills. */
    private static final Map<String, Integer> LONGEST = Map.of("day", 1095, "week", 156, "month", 36, "year", 3);

    private PriceJson() {}

    /** Refuses what is no price; nothing has been made yet. */
    static void check(Params params) {
        Currencies.read(params);
        CurrencyOptions.refuseUnknown(params);
        params.oneOf("billing_scheme", "per_unit", "tiered");
        params.oneOf("tax_behavior", "exclusive", "inclusive", "unspecified");
        if (isTiered(params)) {
            if (!params.has("recurring")) {
                throw StripeError.malformed(
                        "parameter_not_simulated",
                        "The stand-in for Stripe does not do billing_scheme=tiered without recurring.",
                        "billing_scheme");
            }
            Tiers.check(params);
        } else {
            Tiers.refuse(params);
            amount(params, Json.object());
        }
        recurring(params.child("recurring"));
    }

    private static boolean isTiered(Params params) {
        return "tiered".equals(params.text("billing_scheme"));
    }

    /** A plan's price may have an id of the caller's choice. */
    static ObjectNode create(Params params, String product, long now) {
        String own = params.text("id");
        boolean tiered = isTiered(params);
        ObjectNode price = Json.object("price", own == null ? Ids.next("price") : own);
        price.put("active", !Boolean.FALSE.equals(params.flag("active")));
        price.put("billing_scheme", tiered ? "tiered" : "per_unit");
        price.put("created", now).put("currency", Currencies.read(params));
        price.putNull("custom_unit_amount").put("livemode", false);
        price.put("lookup_key", params.text("lookup_key"));
        Metadata.apply(params, price);
        price.put("nickname", params.text("nickname")).put("product", product);
        ObjectNode recurring = recurring(params.child("recurring"));
        price.set("recurring", recurring);
        price.put("tax_behavior", Objects.requireNonNullElse(params.text("tax_behavior"), "unspecified"));
        price.put("tiers_mode", tiered ? params.text("tiers_mode") : null);
        price.set("transform_quantity", transform(params.child("transform_quantity")));
        price.put("type", recurring == null ? "one_time" : "recurring");
        if (tiered) {
            return price.putNull("unit_amount").putNull("unit_amount_decimal");
        }
        amount(params, price);
        return price;
    }

    private static @Nullable ObjectNode transform(@Nullable Params given) {
        return given == null
                ? null
                : Json.object()
                        .put("divide_by", given.requiredInteger("divide_by"))
                        .put("round", given.required("round"));
    }

    @CanIgnoreReturnValue
    private static @Nullable ObjectNode recurring(@Nullable Params given) {
        if (given == null) {
            return null;
        }
        given.required("interval");
        String interval = Objects.requireNonNull(given.oneOf("interval", "day", "week", "month", "year"));
        long count = Objects.requireNonNullElse(given.integer("interval_count"), 1L);
        if (count < 1 || count > Objects.requireNonNull(LONGEST.get(interval))) {
            throw StripeError.malformed(
                    "parameter_invalid_integer",
                    "Invalid interval_count: must be between 1 and " + LONGEST.get(interval) + " for interval "
                            + interval + ".",
                    given.param("interval_count"));
        }
        String usage = Objects.requireNonNullElse(given.oneOf("usage_type", "licensed", "metered"), "licensed");
        String meter = given.text("meter");
        if (usage.equals("metered") && meter == null) {
            throw StripeError.malformed(
                    null,
                    "Starting with API version 2025-03-31.basil, recurring metered prices must be backed by meters.",
                    given.param("meter"));
        }
        if (usage.equals("licensed") && meter != null) {
            throw StripeError.malformed(
                    null, "You cannot set `meter` unless `usage_type` is `metered`.", given.param("meter"));
        }
        ObjectNode recurring = Json.object().put("interval", interval).put("interval_count", count);
        recurring.put("meter", meter);
        Long trial = given.integer("trial_period_days");
        return (trial == null ? recurring.putNull("trial_period_days") : recurring.put("trial_period_days", trial))
                .put("usage_type", usage);
    }

    /** Sets {@code unit_amount} and {@code unit_amount_decimal}; the first is null if there are fractions. */
    static void amount(Params params, ObjectNode into) {
        Long whole = params.integer("unit_amount");
        String decimal = params.text("unit_amount_decimal");
        if (whole == null && decimal == null) {
            throw StripeError.malformed(
                    null,
                    "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.",
                    params.param("unit_amount"));
        }
        if (whole != null && decimal != null) {
            throw StripeError.malformed(
                    null,
                    "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
                    params.param("unit_amount"));
        }
        BigDecimal amount = whole == null ? decimal(params, Objects.requireNonNull(decimal)) : new BigDecimal(whole);
        if (amount.signum() < 0) {
            throw StripeError.malformed(
                    "parameter_invalid_integer", "Invalid non-negative integer", params.param("unit_amount"));
        }
        BigDecimal plain = amount.stripTrailingZeros();
        if (plain.scale() <= 0) {
            into.put("unit_amount", plain.longValueExact());
        } else {
            into.putNull("unit_amount");
        }
        into.put("unit_amount_decimal", plain.toPlainString());
    }

    private static BigDecimal decimal(Params params, String text) {
        try {
            BigDecimal amount = new BigDecimal(text);
            if (amount.stripTrailingZeros().scale() <= MOST_DECIMALS) {
                return amount;
            }
        } catch (NumberFormatException e) {
            // Refused below, as too many decimals are.
        }
        throw StripeError.malformed(null, "Invalid decimal: " + text, params.param("unit_amount_decimal"));
    }
}
