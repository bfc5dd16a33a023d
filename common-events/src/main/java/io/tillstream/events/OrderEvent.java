package io.tillstream.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened to an order; published on {@code orders.events}, keyed by order id. */
public sealed interface OrderEvent extends DomainEvent {

    String TOPIC = "orders.events";

    String orderId();

    String userId();

    @Override
    default String aggregateId() {
        return orderId();
    }

    @Override
    default String topic() {
        return TOPIC;
    }

    record Line(String productId, String name, int quantity, Money unitPrice) {}

    /** Where the goods go; {@code country} is an ISO 3166-1 alpha-2 code. Personal data. */
    record Address(
            String name,
            String line1,
            @Nullable String line2,
            String city,
            @Nullable String state,
            @Nullable String postalCode,
            String country) {}

    @EventTypeName("order.placed")
    record Placed(
            String orderId,
            String userId,
            Money total,
            List<Line> lines,
            @Nullable Address shippingAddress) implements OrderEvent {}

    @EventTypeName("order.payment_processing")
    record PaymentProcessing(
            String orderId, String userId, @Nullable String paymentId) implements OrderEvent {}

    /** The order stays open: it can be paid again. */
    @EventTypeName("order.payment_failed")
    record PaymentFailed(
            String orderId,
            String userId,
            @Nullable String paymentId,
            @Nullable String code,
            @Nullable String declineCode)
            implements OrderEvent {}

    /** The buyer has to do something, for example 3-D Secure. */
    @EventTypeName("order.action_required")
    record ActionRequired(
            String orderId, String userId, @Nullable String paymentId) implements OrderEvent {}

    /** Told once in the life of an order, whatever becomes of its payments: what is sent for it is sent once. */
    @EventTypeName("order.paid")
    record Paid(
            String orderId,
            String userId,
            @Nullable String paymentId,
            String stripePaymentIntentId,
            Money amount,
            List<Line> lines)
            implements OrderEvent {}

    /**
     * An order that was told as paid moved, as another of its payments counts now: the one before went back, or is disputed.
     * Nothing is to be sent for it.
     */
    @EventTypeName("order.payment_replaced")
    record PaymentReplaced(
            String orderId, String userId, @Nullable String paymentId, String stripePaymentIntentId, Money amount)
            implements OrderEvent {}

    /** {@code reason}: {@code requested}, or {@code expired} as it was not paid in time. */
    @EventTypeName("order.canceled")
    record Canceled(String orderId, String userId, @Nullable String reason) implements OrderEvent {}

    /** {@code refunded} is what has been given back in all, {@code paid} what was paid. */
    @EventTypeName("order.partially_refunded")
    record PartiallyRefunded(String orderId, String userId, Money refunded, Money paid) implements OrderEvent {}

    @EventTypeName("order.refunded")
    record Refunded(String orderId, String userId, Money refunded) implements OrderEvent {}

    @EventTypeName("order.refund_failed")
    record RefundFailed(
            String orderId,
            String userId,
            String refundId,
            Money amount,
            @Nullable String reason) implements OrderEvent {}

    @EventTypeName("order.disputed")
    record Disputed(
            String orderId,
            String userId,
            String disputeId,
            Money amount,
            @Nullable String reason) implements OrderEvent {}

    /**
     * {@code outcome} is Stripe's status of the closed dispute: won, lost, warning_closed or prevented. One that is decided
     * otherwise later is told again.
     */
    @EventTypeName("order.dispute_closed")
    record DisputeClosed(String orderId, String userId, String disputeId, Money amount, String outcome)
            implements OrderEvent {}

    /** Stripe holds another amount or currency than the order's: needs a person. */
    @EventTypeName("order.mismatch")
    record Mismatch(String orderId, String userId, String stripePaymentIntentId, Money expected, Money actual)
            implements OrderEvent {}
}
