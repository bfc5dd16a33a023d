package io.tillstream.simulator.invoice;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of what is to be billed: its whole amount in minor units, which may be negative, for a period in epoch seconds.
 *
 * @param discountable whether coupons of the invoice lower it
 * @param subscriptionItem set for what a subscription charges by itself
 * @param invoiceItem the invoice item that it comes from
 * @param terms what only a preview knows of; a line that is billed has them from its item
 */
public record InvoiceLine(
        String description,
        long amount,
        boolean discountable,
        @Nullable String price,
        long quantity,
        long periodStart,
        long periodEnd,
        boolean proration,
        @Nullable String subscription,
        @Nullable String subscriptionItem,
        @Nullable String invoiceItem,
        LineOverrides terms) {
    public InvoiceLine {
        terms = Objects.requireNonNullElse(
                terms, LineOverrides.NONE); // kept by an update that waits since an older release
    }
}
