package io.tillstream.simulator.coupon;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a coupon takes off, and off what; part of it is shown only by {@code expand[]}. */
@Component
class CouponTerms {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private final StateMap<List<String>> products;
    private final StateMap<Map<String, Long>> amounts;

    CouponTerms(Stores stores) {
        this.products = stores.listMap("coupon.products", String.class);
        this.amounts = stores.nestedMap("coupon.amounts", Long.class);
    }

    void keep(String coupon, Params params) {
        Params applies = params.child("applies_to");
        if (applies != null) {
            products.put(coupon, applies.texts("products"));
        }
        addAmounts(coupon, params.child("currency_options"));
    }

    void addAmounts(String coupon, @Nullable Params options) {
        if (options == null) {
            return;
        }
        Map<String, Long> known = new HashMap<>(amounts.getOrDefault(coupon, Map.of()));
        for (String currency : options.names()) {
            Params option = options.child(currency);
            if (option != null) {
                long off = option.requiredInteger("amount_off");
                if (off < 1) {
                    throw StripeError.malformed(
                            "parameter_invalid_integer", "Invalid positive integer", option.param("amount_off"));
                }
                known.put(Currencies.known(currency, options.param(currency)), off);
            }
        }
        amounts.put(coupon, known);
    }

    void forget(String coupon) {
        products.remove(coupon);
        amounts.remove(coupon);
    }

    boolean isFor(String coupon, String product) {
        List<String> only = products.get(coupon);
        return only == null || only.contains(product);
    }

    long off(ObjectNode coupon, long amount, String currency) {
        if (Json.present(coupon, "percent_off")) {
            return BigDecimal.valueOf(amount)
                    .multiply(coupon.get("percent_off").decimalValue())
                    .divide(HUNDRED, 0, RoundingMode.HALF_UP)
                    .longValueExact();
        }
        long off = Json.is(coupon, "currency", currency)
                ? Json.number(coupon, "amount_off")
                : amounts.getOrDefault(Json.textOf(coupon, "id"), Map.of()).getOrDefault(currency, 0L);
        return Math.max(0, Math.min(off, amount));
    }

    JsonNode appliesTo(String coupon) {
        List<String> only = products.get(coupon);
        return only == null ? Json.object().nullNode() : Json.object().set("products", Json.array(only));
    }

    ObjectNode currencyOptions(ObjectNode coupon) {
        ObjectNode options = Json.object();
        String currency = Json.text(coupon, "currency");
        if (currency != null && Json.present(coupon, "amount_off")) { // a share is of any currency
            options.putObject(currency).put("amount_off", Json.number(coupon, "amount_off"));
        }
        amounts.getOrDefault(Json.textOf(coupon, "id"), Map.of())
                .forEach((each, amount) -> options.putObject(each).put("amount_off", amount));
        return options;
    }
}
