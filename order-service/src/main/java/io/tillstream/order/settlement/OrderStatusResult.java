package io.tillstream.order.settlement;

import io.tillstream.order.order.OrderStatus;
import org.jspecify.annotations.Nullable;

/**
 * Where an order stands by all that is known.
 *
 * @param intentId the payment that counts; null while no money came
 * @param paid what came by it, in the smallest unit of {@code paidCurrency}
 * @param refunded what goes back of it
 */
record OrderStatusResult(
        OrderStatus status,
        @Nullable String intentId,
        long paid,
        @Nullable String paidCurrency,
        long refunded) {}
