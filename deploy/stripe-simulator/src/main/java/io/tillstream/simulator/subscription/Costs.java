package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.LineOverrides;
import io.tillstream.simulator.meter.Meters;
import io.tillstream.simulator.price.Prices;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the items of a subscription cost, and the lines that say so on an invoice. */
@Component
class Costs {
    private final Prices prices;
    private final Reductions reductions;
    private final Meters meters;
    private final Stores stores;

    Costs(Prices prices, Reductions reductions, Meters meters, Stores stores) {
        this.meters = meters;
        this.prices = prices;
        this.reductions = reductions;
        this.stores = stores;
    }

    /** Whether it is paid for when its use is known. */
    static boolean isMetered(JsonNode item) {
        return Json.is(item.path("price").path("recurring"), "usage_type", "metered");
    }

    /** Of one item for a whole period, before discounts; what is metered costs nothing ahead. */
    BigDecimal gross(JsonNode item, String currency) {
        JsonNode price = item.path("price");
        if (isMetered(item)) {
            return BigDecimal.ZERO;
        }
        return prices.gross((ObjectNode) price, currency, BigDecimal.valueOf(Json.number(item, "quantity")))
                .orElseThrow(() -> wrongCurrency(price, currency));
    }

    static StripeError wrongCurrency(JsonNode price, String currency) {
        return StripeError.invalid(
                null,
                "The price specified only supports `" + Json.textOf(price, "currency")
                        + "`. This doesn't match the expected currency: `" + currency + "`.",
                "items[0][price]");
    }

    /** Of each item for a whole period, the subscription's discounts deducted as they are now. */
    List<Long> net(ObjectNode subscription, long now) {
        String currency = Json.textOf(subscription, "currency");
        List<ObjectNode> items = Subscriptions.items(subscription);
        List<Long> gross = new ArrayList<>();
        items.forEach(item -> gross.add(rounded(gross(item, currency))));
        return reductions.net(items, gross, reductions.of(subscription, now), currency);
    }

    boolean isFree(ObjectNode subscription) {
        String currency = Json.textOf(subscription, "currency");
        return Subscriptions.items(subscription).stream()
                .allMatch(item -> gross(item, currency).signum() == 0);
    }

    /** A line for each item and a whole period; the invoice deducts the discounts. */
    List<InvoiceLine> whole(ObjectNode subscription, Period period) {
        String currency = Json.textOf(subscription, "currency");
        List<InvoiceLine> lines = new ArrayList<>();
        for (ObjectNode item : Subscriptions.items(subscription)) {
            long amount = rounded(gross(item, currency));
            lines.add(line(Wording.whole(item, product(item), currency, unit(item, currency)), amount, item, period));
        }
        return lines;
    }

    /** A line for each item that is billed by its use, of a period that is over. */
    List<InvoiceLine> used(ObjectNode subscription, Period over) {
        String currency = Json.textOf(subscription, "currency");
        String customer = Json.textOf(subscription, "customer");
        List<InvoiceLine> lines = new ArrayList<>();
        for (ObjectNode item : Subscriptions.items(subscription)) {
            if (isMetered(item)) {
                ObjectNode price = (ObjectNode) item.get("price");
                String meter = Json.textOf(price.path("recurring"), "meter");
                BigDecimal usage = meters.usage(meter, customer, over.start(), over.end());
                BigDecimal amount =
                        prices.gross(price, currency, usage).orElseThrow(() -> wrongCurrency(price, currency));
                ObjectNode counted = item.deepCopy().put("quantity", usage.longValue());
                String text = Wording.whole(counted, product(item), currency, unit(item, currency));
                lines.add(line(text, rounded(amount), counted, over));
            }
        }
        return lines;
    }

    /** The lines of a time that is free because it is a trial. */
    List<InvoiceLine> trial(ObjectNode subscription, Period period) {
        List<InvoiceLine> lines = new ArrayList<>();
        for (ObjectNode item : Subscriptions.items(subscription)) {
            lines.add(line("Trial period for " + product(item), 0, item, period));
        }
        return lines;
    }

    /** Until the first whole period begins, each item for a part of one. */
    List<InvoiceLine> part(ObjectNode subscription, Period whole, Period part) {
        String currency = Json.textOf(subscription, "currency");
        List<InvoiceLine> lines = new ArrayList<>();
        for (ObjectNode item : Subscriptions.items(subscription)) {
            long amount = whole.share(gross(item, currency), part);
            lines.add(line(Wording.whole(item, product(item), currency, unit(item, currency)), amount, item, part));
        }
        return lines;
    }

    private BigDecimal unit(JsonNode item, String currency) {
        return prices.unitAmount((ObjectNode) item.get("price"), currency).orElse(BigDecimal.ZERO);
    }

    private static InvoiceLine line(String text, long amount, JsonNode item, Period period) {
        return new InvoiceLine(
                text,
                amount,
                true,
                Json.textOf(item.path("price"), "id"),
                Json.number(item, "quantity"),
                period.start(),
                period.end(),
                false,
                Json.textOf(item, "subscription"),
                Json.textOf(item, "id"),
                null,
                ItemDiscountsAndTaxes.of(item));
    }

    InvoiceLine unused(JsonNode item, long credit, Period rest) {
        return proration(Wording.unused(item, product(item), rest.start()), credit, item, rest);
    }

    InvoiceLine remaining(JsonNode item, long debit, Period rest) {
        return proration(Wording.remaining(item, product(item), rest.start()), debit, item, rest);
    }

    /** No coupon lowers it: discounts are in its amount already. */
    private static InvoiceLine proration(String text, long amount, JsonNode item, Period period) {
        return new InvoiceLine(
                text,
                amount,
                false,
                Json.textOf(item.path("price"), "id"),
                Json.number(item, "quantity"),
                period.start(),
                period.end(),
                true,
                Json.textOf(item, "subscription"),
                Json.textOf(item, "id"),
                null,
                ItemDiscountsAndTaxes.taxesOf(item));
    }

    /** Something sold once, beside the items. */
    InvoiceLine extra(ObjectNode price, long quantity, String subscription, String currency, long now) {
        BigDecimal amount = prices.gross(price, currency, BigDecimal.valueOf(quantity))
                .orElseThrow(() -> wrongCurrency(price, currency));
        return new InvoiceLine(
                productName(price),
                rounded(amount),
                true,
                Json.textOf(price, "id"),
                quantity,
                now,
                now,
                false,
                subscription,
                null,
                null,
                LineOverrides.NONE);
    }

    private String product(JsonNode item) {
        return productName(item.path("price"));
    }

    private String productName(JsonNode price) {
        String id = Json.textOf(price, "product");
        String name = stores.find(id).map(product -> Json.text(product, "name")).orElse(null);
        return name == null ? id : name;
    }

    private static long rounded(BigDecimal amount) {
        return amount.setScale(0, RoundingMode.HALF_UP).longValueExact();
    }
}
