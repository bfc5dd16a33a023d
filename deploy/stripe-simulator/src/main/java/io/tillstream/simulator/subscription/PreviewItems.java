package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.LineOverrides;
import io.tillstream.simulator.price.Prices;
import io.tillstream.simulator.promotioncode.PromotionCodes.Purchase;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.taxrate.Taxes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code invoice_items} of a preview: what the invoice would have beside what is billed anyway. */
@Component
class PreviewItems {
    static final String[] PARAMS = {
        "invoice_items.amount",
        "invoice_items.currency",
        "invoice_items.description",
        "invoice_items.discountable",
        "invoice_items.discounts.coupon",
        "invoice_items.discounts.discount",
        "invoice_items.discounts.promotion_code",
        "invoice_items.metadata.*",
        "invoice_items.period.end",
        "invoice_items.period.start",
        "invoice_items.price",
        "invoice_items.price_data.currency",
        "invoice_items.price_data.product",
        "invoice_items.price_data.unit_amount",
        "invoice_items.price_data.unit_amount_decimal",
        "invoice_items.quantity",
        "invoice_items.tax_rates",
        "invoice_items.unit_amount",
        "invoice_items.unit_amount_decimal"
    };
    private static final int MOST = 250; // Stripe's limit for a preview

    private final Prices prices;
    private final Coupled coupled;
    private final Taxes taxes;
    private final Stores stores;

    PreviewItems(Prices prices, Coupled coupled, Taxes taxes, Stores stores) {
        this.stores = stores;
        this.prices = prices;
        this.coupled = coupled;
        this.taxes = taxes;
    }

    List<InvoiceLine> lines(Params params, String customer, String currency, long now) {
        List<InvoiceLine> lines = new ArrayList<>();
        List<Params> given = params.children("invoice_items");
        if (given.size() > MOST) {
            throw StripeError.malformed(null, "You may pass up to 250 items.", "invoice_items");
        }
        given.forEach(item -> lines.add(line(item, customer, currency, now)));
        return lines;
    }

    /** That of the request, or of the first item that has one. */
    String currency(Params params) {
        String given = params.text("currency");
        if (given != null) {
            return Currencies.known(given, "currency");
        }
        for (Params item : params.children("invoice_items")) {
            String price = item.text("price");
            Params data = item.child("price_data");
            String own = data == null ? item.text("currency") : Currencies.read(data);
            String sold = price == null ? own : Json.text(prices.purchasable(price, item.param("price")), "currency");
            if (sold != null) {
                return sold.toLowerCase(Locale.ROOT);
            }
        }
        return params.required("currency");
    }

    private InvoiceLine line(Params item, String customer, String currency, long now) {
        item.refuseBoth("price", "price_data");
        String id = item.text("price");
        ObjectNode price = id == null ? null : prices.purchasable(id, item.param("price"));
        if (price != null && price.path("recurring").isObject()) {
            throw StripeError.invalid(
                    null,
                    "The price specified is set to `type=recurring` but this field only accepts prices with"
                            + " `type=one_time`.",
                    item.param("price"));
        }
        Params data = item.child("price_data");
        String other = data == null ? item.text("currency") : Currencies.read(data);
        if (other != null && !other.equalsIgnoreCase(currency)) {
            throw StripeError.invalid(
                    null,
                    "The currency of an invoice item must be that of the invoice (" + currency + ").",
                    item.param("currency"));
        }
        long quantity = Objects.requireNonNullElse(item.integer("quantity"), 1L);
        Params period = item.child("period");
        long amount = amount(item, price, data, currency, quantity);
        return new InvoiceLine(
                text(item, price, data),
                amount,
                !Boolean.FALSE.equals(item.flag("discountable")),
                id,
                quantity,
                period == null ? now : period.requiredInteger("start"),
                period == null ? now : period.requiredInteger("end"),
                false,
                null,
                null,
                null,
                terms(item, new Purchase(customer, currency, Math.max(0, amount))));
    }

    private LineOverrides terms(Params item, Purchase purchase) {
        ObjectNode described = Json.object();
        described.putObject("metadata");
        Metadata.apply(item, described);
        return new LineOverrides(coupled.foreseen(item, purchase), taxes.read(item, "tax_rates"), (ObjectNode)
                described.get("metadata"));
    }

    private String text(Params item, @Nullable ObjectNode price, @Nullable Params data) {
        String said = item.text("description");
        String product = data == null ? null : product(data);
        String named = price == null ? product : prices.name(price);
        return said == null ? Objects.requireNonNullElse(named, "Invoice item") : said;
    }

    /** The name of what is sold. */
    private String product(Params data) {
        String id = data.required("product");
        return stores.find("product", id)
                .filter(found -> !Json.isTrue(found, "deleted"))
                .map(found -> Json.textOf(found, "name"))
                .orElseThrow(() -> StripeError.missingReference("product", id, data.param("product")));
    }

    private long amount(
            Params item, @Nullable ObjectNode price, @Nullable Params data, String currency, long quantity) {
        Long whole = item.integer("amount");
        if (whole != null) {
            return whole;
        }
        if (price != null) {
            return prices.gross(price, currency, BigDecimal.valueOf(quantity))
                    .orElseThrow(() -> Costs.wrongCurrency(price, currency))
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValueExact();
        }
        Params of = data == null ? item : data;
        String decimal = of.text("unit_amount_decimal");
        BigDecimal each = new BigDecimal(decimal == null ? Long.toString(of.requiredInteger("unit_amount")) : decimal);
        return each.multiply(BigDecimal.valueOf(quantity))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }
}
