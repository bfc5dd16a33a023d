package io.tillstream.order.checkout;

import io.tillstream.order.catalog.Product;
import io.tillstream.order.order.OrderLine;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a cart costs, by the catalog alone. */
final class Pricing {

    private Pricing() {}

    record Priced(long amount, String currency, List<OrderLine> lines) {}

    /** @throws Problem if something is not for sale, currencies differ, or it is more than can be paid at once */
    static Priced price(List<OrderRequests.Item> items, Map<String, Product> catalog) {
        List<OrderLine> lines = new ArrayList<>();
        List<Problem.Field> errors = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            OrderRequests.Item item = items.get(i);
            Product product = catalog.get(item.productId());
            if (product == null || !product.active()) {
                errors.add(new Problem.Field("items[" + i + "].productId", "is not for sale"));
            } else {
                lines.add(new OrderLine(
                        product.id(),
                        product.name(),
                        item.quantity(),
                        product.price().amount()));
            }
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        String currency = currency(items, catalog);
        return new Priced(total(lines, currency), currency, List.copyOf(lines));
    }

    private static String currency(List<OrderRequests.Item> items, Map<String, Product> catalog) {
        List<String> currencies = items.stream()
                .map(item -> catalog.get(item.productId()))
                .flatMap(java.util.stream.Stream::ofNullable)
                .map(product -> product.price().currency())
                .distinct()
                .toList();
        if (currencies.size() != 1) {
            throw Problem.of(422, "mixed-currencies", "An order has one currency; order these things separately.");
        }
        return currencies.get(0);
    }

    private static long total(List<OrderLine> lines, String currency) {
        long total = 0;
        for (OrderLine line : lines) {
            // A product costs twelve digits at most, fifty lines of ninety-nine stay far below a long.
            total = Math.addExact(total, Math.multiplyExact(line.unitAmount(), (long) line.quantity()));
        }
        if (Currencies.isSupported(currency) && total > Currencies.most(currency)) {
            throw Problem.of(422, "amount-too-large", "This is more than can be paid at once.");
        }
        // Products that are older than their check.
        Currencies.fault(total, currency).ifPresent(why -> {
            throw Problem.of(422, "amount-not-payable", "The total " + why + ".");
        });
        return total;
    }
}
