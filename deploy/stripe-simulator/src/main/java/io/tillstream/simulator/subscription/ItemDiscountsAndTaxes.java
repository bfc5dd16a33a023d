package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.invoice.LineOverrides;
import io.tillstream.simulator.promotioncode.PromotionCodes.Purchase;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.taxrate.Taxes;
import java.math.BigDecimal;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Discounts and tax rates of single items, for a preview: an item that is stored has none. */
@Component
class ItemDiscountsAndTaxes {
    static final String[] PARAMS = {"discounts.coupon", "discounts.discount", "discounts.promotion_code", "tax_rates"};

    private final Coupled coupled;
    private final Taxes taxes;
    private final Costs costs;

    ItemDiscountsAndTaxes(Coupled coupled, Taxes taxes, Costs costs) {
        this.coupled = coupled;
        this.taxes = taxes;
        this.costs = costs;
    }

    /** Takes over what a request says of one item, which has its price and quantity already. */
    void apply(Params params, ObjectNode item, JsonNode subscription) {
        if (params.has("tax_rates")) {
            item.set("tax_rates", taxes.read(params, "tax_rates"));
        }
        if (params.has("discounts")) {
            String agreed = Json.text(subscription, "currency");
            String currency = agreed == null ? Json.textOf(item.path("price"), "currency") : agreed;
            BigDecimal amount = costs.gross(item, currency);
            Purchase purchase = new Purchase(Json.text(subscription, "customer"), currency, amount.longValue());
            ArrayNode discounts = item.putArray("discounts");
            coupled.foreseen(params, purchase).forEach(discounts::add);
        }
    }

    /** The discount objects of an item. */
    static List<ObjectNode> discounts(JsonNode item) {
        return item.path("discounts")
                .valueStream()
                .filter(JsonNode::isObject)
                .map(ObjectNode.class::cast)
                .toList();
    }

    /** Of a line for a whole period. */
    static LineOverrides of(JsonNode item) {
        return new LineOverrides(discounts(item), item.path("tax_rates"), Json.object());
    }

    /** Of a proration, whose amount has the discounts in it. */
    static LineOverrides taxesOf(JsonNode item) {
        return new LineOverrides(List.of(), item.path("tax_rates"), Json.object());
    }
}
