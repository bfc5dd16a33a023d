package io.tillstream.simulator.invoice;

import org.jspecify.annotations.Nullable;

/**
 * One line of what is to be billed: its whole amount in minor units, which may be negative, for a period in epoch seconds.
 *
 * @param discountable whether coupons of the invoice lower it
 * @param subscriptionItem set for what a subscription charges by itself
 * @param invoiceItem the invoice item that it comes from
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
        @Nullable String invoiceItem) {}
