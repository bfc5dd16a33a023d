package io.tillstream.order.order;

/**
 * What was bought, as it was on that day.
 *
 * @param unitAmount in the smallest unit of the order's currency
 */
public record OrderLine(String productId, String name, int quantity, long unitAmount) {}
