package io.tillstream.events;

import org.jspecify.annotations.Nullable;

/** What happened to the money owed for one reference; published on {@code payments.events}, keyed by reference. */
public sealed interface PaymentEvent extends DomainEvent {

    String TOPIC = "payments.events";

    /** What the money is for: an order id. */
    String reference();

    String userId();

    String paymentId();

    @Override
    default String aggregateId() {
        return reference();
    }

    @Override
    default String topic() {
        return TOPIC;
    }

    @EventTypeName("payment.succeeded")
    record Succeeded(String reference, String userId, String paymentId, String stripePaymentIntentId, Money amount)
            implements PaymentEvent {}

    /** {@code code} is stable, {@code retryable} says whether another try can help. */
    @EventTypeName("payment.failed")
    record Failed(
            String reference,
            String userId,
            String paymentId,
            String code,
            @Nullable String declineCode,
            boolean retryable)
            implements PaymentEvent {}

    /** {@code amount} is this refund's, {@code refunded} what has been given back of the payment in all. */
    @EventTypeName("payment.refunded")
    record Refunded(String reference, String userId, String paymentId, String refundId, Money amount, Money refunded)
            implements PaymentEvent {}

    /** {@code refundId} is ours where Stripe refused to make it, after its operator was told that it is under way. */
    @EventTypeName("payment.refund_failed")
    record RefundFailed(
            String reference,
            String userId,
            String paymentId,
            String refundId,
            Money amount,
            @Nullable String reason) implements PaymentEvent {}

    /**
     * Stripe refused a refund that is owed: it is tried again, or a person has to see to it. {@code refundId} is ours, as
     * Stripe has none.
     */
    @EventTypeName("payment.refund_delayed")
    record RefundDelayed(
            String reference,
            String userId,
            String paymentId,
            String refundId,
            Money amount,
            String reason,
            boolean needsPerson)
            implements PaymentEvent {}

    /** A second payment of the same payable succeeded and is given back. */
    @EventTypeName("payment.duplicate_refunded")
    record DuplicateRefunded(String reference, String userId, String paymentId, String refundId, Money amount)
            implements PaymentEvent {}

    /** A payment succeeded after its payable was closed and is given back. */
    @EventTypeName("payment.late_refunded")
    record LateRefunded(String reference, String userId, String paymentId, String refundId, Money amount)
            implements PaymentEvent {}

    @EventTypeName("payment.disputed")
    record Disputed(
            String reference,
            String userId,
            String paymentId,
            String disputeId,
            Money amount,
            @Nullable String reason) implements PaymentEvent {}

    /** {@code outcome} is Stripe's final status of the dispute: won, lost, warning_closed or prevented. */
    @EventTypeName("payment.dispute_closed")
    record DisputeClosed(
            String reference, String userId, String paymentId, String disputeId, Money amount, String outcome)
            implements PaymentEvent {}

    @EventTypeName("payment.fraud_warning")
    record FraudWarning(
            String reference, String userId, String paymentId, String warningId, String fraudType, boolean actionable)
            implements PaymentEvent {}
}
