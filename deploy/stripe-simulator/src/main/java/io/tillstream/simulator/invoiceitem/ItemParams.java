package io.tillstream.simulator.invoiceitem;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.discount.Discounts.Target;
import io.tillstream.simulator.promotioncode.PromotionCodes.Purchase;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.taxrate.Taxes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a caller says of an invoice item. */
@Component
class ItemParams {
    static final String[] COMMON = {
        "amount",
        "description",
        "discountable",
        "discounts.coupon",
        "discounts.discount",
        "discounts.promotion_code",
        "metadata.*",
        "period.end",
        "period.start",
        "pricing.price",
        "price_data.currency",
        "price_data.product",
        "price_data.unit_amount",
        "price_data.unit_amount_decimal",
        "quantity",
        "tax_rates",
        "unit_amount_decimal"
    };

    private final Pricing pricing;
    private final Discounts discounts;
    private final Stores stores;
    private final Taxes taxes;

    ItemParams(Pricing pricing, Discounts discounts, Stores stores, Taxes taxes) {
        this.taxes = taxes;
        this.pricing = pricing;
        this.discounts = discounts;
        this.stores = stores;
    }

    /** The price that is named; null if none is. */
    @Nullable
    ObjectNode price(Params params) {
        Params given = params.child("pricing");
        if (given == null) {
            return null;
        }
        String id = given.required("price");
        ObjectNode price =
                pricing.price(id).orElseThrow(() -> StripeError.missingReference("price", id, given.param("price")));
        if (Json.is(price, "type", "recurring")) {
            throw StripeError.invalid(
                    null,
                    "The price specified is set to `type=recurring` but this field only accepts prices with"
                            + " `type=one_time`.",
                    given.param("price"));
        }
        return price;
    }

    /** The price's own; without one that of the request. */
    String currency(Params params, @Nullable ObjectNode price) {
        params.refuseBoth("pricing", "price_data");
        String sold = sold(params, price);
        if (sold == null && !params.has("amount")) {
            params.required("unit_amount_decimal");
        }
        String wanted = params.has("currency") || sold == null ? Currencies.read(params) : sold;
        refuseOther(sold, wanted);
        return wanted;
    }

    /** The currency of the price that is named or given; null if none is. */
    private @Nullable String sold(Params params, @Nullable ObjectNode price) {
        if (price != null) {
            return Json.textOf(price, "currency");
        }
        Params data = params.child("price_data");
        String product = data == null ? null : data.text("product");
        if (data != null && product != null) {
            ObjectNode unused = stores.ofType("product")
                    .flatMap(all -> all.find(product))
                    .filter(found -> !Json.isTrue(found, "deleted"))
                    .orElseThrow(() -> StripeError.missingReference("product", product, data.param("product")));
        }
        return data == null ? null : Currencies.read(data);
    }

    /** An item keeps its currency. */
    void refuseOther(Params params, @Nullable ObjectNode price, ObjectNode item) {
        refuseOther(sold(params, price), Json.textOf(item, "currency"));
    }

    private static void refuseOther(@Nullable String sold, String wanted) {
        if (sold != null && !wanted.equals(sold)) {
            throw StripeError.invalid(
                    null,
                    "The price specified only supports `" + sold + "`. This doesn't match the expected currency: `"
                            + wanted + "`.",
                    "currency");
        }
    }

    /** Takes over what may be set at creation and update alike. */
    void apply(Params params, ObjectNode item, @Nullable ObjectNode price) {
        params.copy(item, "description");
        Params data = params.child("price_data");
        String sold = product(data, price);
        if (sold != null && !Json.present(item, "description")) {
            item.put("description", sold);
        }
        Metadata.apply(params, item);
        Boolean discountable = params.flag("discountable");
        if (discountable != null) {
            item.put("discountable", discountable);
        }
        if (params.has("tax_rates")) {
            item.set("tax_rates", taxes.read(params, "tax_rates"));
        }
        Params period = params.child("period");
        if (period != null) {
            item.putObject("period")
                    .put("end", period.requiredInteger("end"))
                    .put("start", period.requiredInteger("start"));
        }
        Long wanted = params.integer("quantity");
        long quantity = wanted == null ? Math.max(1, Json.number(item, "quantity")) : wanted;
        String id = price == null ? Json.text(item, "pricing.price_details.price") : Json.textOf(price, "id");
        long amount = amount(params, item, price, quantity);
        item.put("amount", amount).put("net_amount", amount);
        item.put("quantity", quantity).put("quantity_decimal", Long.toString(quantity));
        item.set("pricing", pricing.of(id, amount, quantity));
    }

    /** The name of what is sold; null if it is in no catalog. */
    private @Nullable String product(@Nullable Params data, @Nullable ObjectNode price) {
        if (data != null) {
            String id = data.required("product");
            return stores.find("product", id)
                    .filter(found -> !Json.isTrue(found, "deleted"))
                    .map(found -> Json.text(found, "name"))
                    .orElseThrow(() -> StripeError.missingReference("product", id, data.param("product")));
        }
        String id = price == null ? null : Json.text(price, "product");
        return id == null
                ? null
                : stores.find("product", id)
                        .map(found -> Json.text(found, "name"))
                        .orElse(null);
    }

    private static long amount(Params params, ObjectNode item, @Nullable ObjectNode price, long quantity) {
        Long amount = params.integer("amount");
        if (amount != null) {
            return amount;
        }
        Params data = params.child("price_data");
        String each = params.text("unit_amount_decimal");
        if (data != null) {
            String decimal = data.text("unit_amount_decimal");
            each = decimal == null ? Long.toString(data.requiredInteger("unit_amount")) : decimal;
        } else if (price != null) {
            each = Json.text(price, "unit_amount_decimal");
        } else if (each == null && params.has("quantity")) {
            each = Json.text(item, "pricing.unit_amount_decimal");
        }
        return each == null
                ? Json.number(item, "amount")
                : new BigDecimal(each)
                        .multiply(BigDecimal.valueOf(quantity))
                        .setScale(0, RoundingMode.HALF_UP)
                        .longValueExact();
    }

    /** Coupons of this item alone. */
    void discount(Params params, ObjectNode item) {
        if (!params.has("discounts")) {
            return;
        }
        String customer = Json.textOf(item, "customer");
        Purchase purchase = new Purchase(customer, Json.textOf(item, "currency"), Json.number(item, "amount"));
        List<Discounts.Wanted> wanted = discounts.wanted(params, purchase);
        String id = Json.textOf(item, "id");
        ArrayNode ids = item.putArray("discounts");
        for (Discounts.Wanted each : wanted) {
            String discount = Json.textOf(discounts.redeem(each, Target.invoice(customer, id)), "id");
            discounts.store().update(discount, made -> made.putNull("invoice").put("invoice_item", id));
            ids.add(discount);
        }
    }
}
