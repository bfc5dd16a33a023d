package io.tillstream.simulator.invoiceitem;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** How a line or an item says what one piece costs. */
@Component
public class Pricing {
    private static final int DECIMALS = 12; // Stripe's precision of unit_amount_decimal

    private final Stores stores;

    Pricing(Stores stores) {
        this.stores = stores;
    }

    public Optional<ObjectNode> price(@Nullable String id) {
        return id == null ? Optional.empty() : stores.ofType("price").flatMap(prices -> prices.find(id));
    }

    /** The {@code pricing} of an amount for a number of pieces. */
    public ObjectNode of(@Nullable String price, long amount, long quantity) {
        ObjectNode pricing = Json.object();
        Optional<ObjectNode> known = price(price);
        if (price != null) {
            pricing.putObject("price_details")
                    .put("price", price)
                    .put(
                            "product",
                            known.map(found -> Json.text(found, "product")).orElse(null));
        }
        String decimal =
                known.map(found -> Json.text(found, "unit_amount_decimal")).orElseGet(() -> each(amount, quantity));
        return pricing.put("type", "price_details").put("unit_amount_decimal", decimal);
    }

    private static String each(long amount, long quantity) {
        if (quantity == 0) {
            return Long.toString(amount);
        }
        return BigDecimal.valueOf(amount)
                .divide(BigDecimal.valueOf(quantity), DECIMALS, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
