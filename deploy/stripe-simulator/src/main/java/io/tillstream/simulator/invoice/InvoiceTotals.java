package io.tillstream.simulator.invoice;

import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.taxrate.Taxes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Sums: what the lines come to, what coupons take off, and what the customer's balance leaves to be paid. */
@Component
class InvoiceTotals {
    private final Discounts discounts;
    private final Taxes taxes;
    private final Stores stores;

    InvoiceTotals(Discounts discounts, Taxes taxes, Stores stores) {
        this.discounts = discounts;
        this.taxes = taxes;
        this.stores = stores;
    }

    /** What is due, and the balance after it. */
    record Due(long due, long endingBalance) {}

    /** Sets the sums of an invoice, and the discounts of its lines. */
    void apply(ObjectNode invoice, List<ObjectNode> lines, List<ObjectNode> reductions) {
        apply(invoice, lines, reductions, Map.of());
    }

    /** The same with what lines of a preview have of their own, by their ids. */
    void apply(
            ObjectNode invoice,
            List<ObjectNode> lines,
            List<ObjectNode> reductions,
            Map<String, LineOverrides> previewed) {
        String currency = Json.textOf(invoice, "currency");
        long subtotal =
                lines.stream().mapToLong(line -> Json.number(line, "amount")).sum();
        lines.forEach(line -> line.putArray("discount_amounts"));
        ArrayNode taken = invoice.putArray("total_discount_amounts");
        long off = 0;
        for (ObjectNode line : lines) {
            for (ObjectNode discount : ofLine(line, termsOf(line, previewed))) {
                off += tell(taken, discount, reduce(List.of(line), discount, currency));
            }
        }
        for (ObjectNode discount : reductions) {
            off += tell(taken, discount, reduce(lines, discount, currency));
        }
        long onTop = tax(invoice, lines, previewed);
        ArrayNode all = invoice.putArray("total_taxes");
        long tax = Taxes.total(lines, all);
        long total = subtotal - off + onTop;
        invoice.put("subtotal", subtotal).put("subtotal_excluding_tax", subtotal - Taxes.inclusive(all));
        invoice.put("total", total).put("total_excluding_tax", total - tax);
        long due =
                due(total, Json.number(invoice, "starting_balance"), currency).due();
        invoice.put("amount_due", due).put("amount_remaining", due - Json.number(invoice, "amount_paid"));
    }

    /** Taxes what discounts leave of each line; gives what comes on top of the amounts. */
    private long tax(ObjectNode invoice, List<ObjectNode> lines, Map<String, LineOverrides> previewed) {
        boolean exempt =
                !Json.is(invoice, "customer_tax_exempt", "none") && Json.present(invoice, "customer_tax_exempt");
        long onTop = 0;
        for (ObjectNode line : lines) {
            JsonNode foreseen = termsOf(line, previewed).taxRates();
            JsonNode own = foreseen.isEmpty() ? ratesOf(line) : foreseen;
            JsonNode rates = own.isEmpty() ? invoice.path("default_tax_rates") : own;
            onTop += exempt ? 0 : taxes.apply(line, left(line), rates);
        }
        return onTop;
    }

    /** A line does not show its rates; it has them from its item. */
    private JsonNode ratesOf(ObjectNode line) {
        String item = Json.text(line, "parent.invoice_item_details.invoice_item");
        return item == null
                ? Json.object().path("none")
                : stores.find(item)
                        .map(each -> each.path("tax_rates"))
                        .orElse(Json.object().path("none"));
    }

    private static long tell(ArrayNode taken, ObjectNode discount, long amount) {
        taken.addObject().put("amount", amount).put("discount", Json.textOf(discount, "id"));
        return amount;
    }

    /** The discounts of an invoice item lower its line before those of the invoice do. */
    private List<ObjectNode> ofLine(ObjectNode line, LineOverrides foreseen) {
        if (!foreseen.discounts().isEmpty()) {
            return foreseen.discounts();
        }
        return line.path("discounts")
                .valueStream()
                .flatMap(id -> discounts.store().find(id.asString()).stream())
                .toList();
    }

    private static LineOverrides termsOf(ObjectNode line, Map<String, LineOverrides> previewed) {
        return previewed.getOrDefault(Json.textOf(line, "id"), LineOverrides.NONE);
    }

    private long reduce(List<ObjectNode> lines, ObjectNode discount, String currency) {
        List<ObjectNode> eligible = lines.stream()
                .filter(line -> Json.isTrue(line, "discountable") && appliesTo(discount, line))
                .toList();
        if (!discounts.isAmount(discount)) {
            return eligible.stream()
                    .mapToLong(line -> take(line, discount, discounts.off(discount, left(line), currency)))
                    .sum();
        }
        long base = eligible.stream().mapToLong(InvoiceTotals::left).sum();
        long all = base <= 0 ? 0 : discounts.off(discount, base, currency);
        long untaken = all;
        for (int i = 0; i < eligible.size() && all > 0; i++) {
            boolean last = i == eligible.size() - 1;
            long share = last ? untaken : share(all, left(eligible.get(i)), base);
            untaken -= take(eligible.get(i), discount, share);
        }
        return all;
    }

    private boolean appliesTo(ObjectNode discount, ObjectNode line) {
        String product = Json.text(line, "pricing.price_details.product");
        return discounts.appliesTo(discount, product == null ? "" : product);
    }

    private static long left(ObjectNode line) {
        long left = Json.number(line, "amount");
        for (JsonNode taken : line.path("discount_amounts")) {
            left -= Json.number(taken, "amount");
        }
        return left;
    }

    private static long share(long amount, long part, long whole) {
        return BigDecimal.valueOf(amount)
                .multiply(BigDecimal.valueOf(part))
                .divide(BigDecimal.valueOf(whole), 0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private static long take(ObjectNode line, ObjectNode discount, long amount) {
        line.withArray("discount_amounts")
                .addObject()
                .put("amount", amount)
                .put("discount", Json.textOf(discount, "id"));
        return amount;
    }

    /**
     * What is due of a total with such a balance of the customer: credit is used up first, debts are added. What is too
     * little to be charged goes to the balance, as does a total below nothing.
     */
    static Due due(long total, long startingBalance, String currency) {
        if (total == 0) {
            return new Due(0, startingBalance);
        }
        long sum = total + startingBalance;
        if (total < 0 || sum < Currencies.smallest(currency)) {
            return new Due(0, sum);
        }
        return new Due(sum, 0);
    }
}
