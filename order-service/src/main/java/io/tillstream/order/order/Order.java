package io.tillstream.order.order;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One order of one user. Its price was taken from the catalog when it was placed.
 *
 * @param amount in the currency's smallest unit
 * @param cancelRequestedAt since when no new payment may start
 * @param cancelReason why, where nobody asked for it by a request
 * @param paymentIntent the payment that counts, once money came
 * @param amountPaid what came by it, {@code amountRefunded} what went back of it
 */
public record Order(
        UUID id,
        String userId,
        OrderStatus status,
        int version,
        long amount,
        String currency,
        List<OrderLine> lines,
        @Nullable ShippingAddress shippingAddress,
        @Nullable Instant cancelRequestedAt,
        @Nullable CancelReason cancelReason,
        @Nullable Instant canceledAt,
        @Nullable String paymentIntent,
        long amountPaid,
        @Nullable String paidCurrency,
        long amountRefunded,
        Instant createdAt,
        Instant updatedAt) {

    /** A new order that nobody has paid for. */
    public static Order placed(
            UUID id,
            String userId,
            long amount,
            String currency,
            List<OrderLine> lines,
            @Nullable ShippingAddress shippingAddress,
            Instant now) {
        return new Order(
                id,
                userId,
                OrderStatus.AWAITING_PAYMENT,
                1,
                amount,
                currency,
                List.copyOf(lines),
                shippingAddress,
                null,
                null,
                null,
                null,
                0,
                null,
                0,
                now,
                now);
    }

    public boolean isCanceled() {
        return canceledAt != null;
    }

    /**
     * Whether its customer was deleted while it could be paid, and payment-service has not said yet whether money came before
     * that: money that is seen meanwhile may be on its way back.
     */
    public boolean isLeft() {
        return cancelReason == CancelReason.CUSTOMER_DELETED && cancelRequestedAt != null && !isCanceled();
    }

    /** Why its cancel that is under way was asked for, where nobody asked for it by a request. */
    public @Nullable CancelReason reasonToClose() {
        boolean goesOn = cancelRequestedAt != null && status.isOpen();
        return goesOn ? cancelReason : null;
    }

    /** What a receipt or a bank statement calls it. */
    public String description() {
        return "Order " + id;
    }
}
