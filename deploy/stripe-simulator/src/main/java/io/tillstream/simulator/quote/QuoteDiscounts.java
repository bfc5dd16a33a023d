package io.tillstream.simulator.quote;

import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.discount.Discounts.Wanted;
import io.tillstream.simulator.state.Json;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a quote offers for less: discounts of its own, that become uses of their coupons once it is accepted. */
@Component
class QuoteDiscounts {
    private final Discounts discounts;

    QuoteDiscounts(Discounts discounts) {
        this.discounts = discounts;
    }

    void show(ObjectNode quote, List<Wanted> wanted) {
        ArrayNode shown = quote.putArray("discounts");
        for (Wanted each : wanted) {
            shown.add(Json.textOf(discounts.offer(each, Json.text(quote, "customer")), "id"));
        }
    }

    /** As a request gives it: by its code, or else by its coupon. */
    ObjectNode given(JsonNode id) {
        ObjectNode discount = discounts.store().get(id.asString());
        String code = Json.text(discount, "promotion_code");
        return code == null
                ? Json.object().put("coupon", Discounts.couponOf(discount))
                : Json.object().put("promotion_code", code);
    }
}
