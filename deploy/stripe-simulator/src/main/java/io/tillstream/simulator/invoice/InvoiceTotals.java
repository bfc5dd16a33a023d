package io.tillstream.simulator.invoice;

import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.state.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Sums: what the lines come to, what coupons take off, and what the customer's balance leaves to be paid. */
final class InvoiceTotals {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private InvoiceTotals() {}

    /** A coupon in use: the discount's id, and the coupon. */
    record Reduction(String discount, ObjectNode coupon) {}

    /** What is due, and the balance after it. */
    record Due(long due, long endingBalance) {}

    /** Sets the sums of an invoice, and the discounts of its lines. */
    static void apply(ObjectNode invoice, List<ObjectNode> lines, List<Reduction> reductions) {
        String currency = Json.textOf(invoice, "currency");
        long subtotal =
                lines.stream().mapToLong(line -> Json.number(line, "amount")).sum();
        lines.forEach(line -> line.putArray("discount_amounts"));
        ArrayNode discounts = invoice.putArray("total_discount_amounts");
        long off = 0;
        for (Reduction reduction : reductions) {
            long taken = reduce(lines, reduction, currency);
            discounts.addObject().put("amount", taken).put("discount", reduction.discount());
            off += taken;
        }
        long total = subtotal - off;
        invoice.put("subtotal", subtotal).put("subtotal_excluding_tax", subtotal);
        invoice.put("total", total).put("total_excluding_tax", total);
        long due =
                due(total, Json.number(invoice, "starting_balance"), currency).due();
        invoice.put("amount_due", due).put("amount_remaining", due - Json.number(invoice, "amount_paid"));
    }

    private static long reduce(List<ObjectNode> lines, Reduction reduction, String currency) {
        List<ObjectNode> eligible = lines.stream()
                .filter(line -> Json.isTrue(line, "discountable") && appliesTo(reduction.coupon(), line))
                .toList();
        JsonNode percent = reduction.coupon().path("percent_off");
        if (percent.isNumber()) {
            long sum = 0;
            for (ObjectNode line : eligible) {
                sum += take(line, reduction, share(left(line), percent.decimalValue(), HUNDRED));
            }
            return sum;
        }
        long base = eligible.stream().mapToLong(InvoiceTotals::left).sum();
        long toTake = Math.max(0, Math.min(amountOff(reduction.coupon(), currency), base));
        long untaken = toTake;
        for (int i = 0; i < eligible.size() && base > 0; i++) {
            boolean last = i == eligible.size() - 1;
            long left = left(eligible.get(i));
            untaken -= take(
                    eligible.get(i),
                    reduction,
                    last ? untaken : share(left, BigDecimal.valueOf(toTake), BigDecimal.valueOf(base)));
        }
        return toTake;
    }

    private static long amountOff(ObjectNode coupon, String currency) {
        JsonNode other = coupon.path("currency_options").path(currency).path("amount_off");
        if (!other.isMissingNode()) {
            return other.asLong(0);
        }
        return Json.is(coupon, "currency", currency) ? Json.number(coupon, "amount_off") : 0;
    }

    private static boolean appliesTo(ObjectNode coupon, ObjectNode line) {
        JsonNode products = coupon.path("applies_to").path("products");
        String product = Json.text(line, "pricing.price_details.product");
        return products.isEmpty()
                || StreamSupport.stream(products.spliterator(), false)
                        .anyMatch(each -> each.asString().equals(product));
    }

    private static long left(ObjectNode line) {
        long left = Json.number(line, "amount");
        for (JsonNode taken : line.path("discount_amounts")) {
            left -= Json.number(taken, "amount");
        }
        return left;
    }

    private static long share(long amount, BigDecimal part, BigDecimal whole) {
        return BigDecimal.valueOf(amount)
                .multiply(part)
                .divide(whole, 0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private static long take(ObjectNode line, Reduction reduction, long amount) {
        line.withArray("discount_amounts").addObject().put("amount", amount).put("discount", reduction.discount());
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
