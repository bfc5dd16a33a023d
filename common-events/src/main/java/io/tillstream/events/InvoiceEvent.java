package io.tillstream.events;

import org.jspecify.annotations.Nullable;

/**
 * What became of a subscription's invoice; published on {@code subscriptions.events}, keyed by user id. Times are RFC 3339
 * UTC.
 */
public sealed interface InvoiceEvent extends DomainEvent {

    String subscriptionId();

    String userId();

    @Override
    default String aggregateId() {
        return userId();
    }

    @Override
    default String topic() {
        return SubscriptionEvent.TOPIC;
    }

    /** {@code amount} may be 0, as in a trial; {@code billingReason} is Stripe's word. */
    @EventTypeName("invoice.paid")
    record Paid(
            String invoiceId,
            String subscriptionId,
            String userId,
            Money amount,
            @Nullable String billingReason) implements InvoiceEvent {}

    /** {@code attempt} counts from 1; {@code nextAttemptAt} is absent where Stripe does not try again by itself. */
    @EventTypeName("invoice.payment_failed")
    record PaymentFailed(
            String invoiceId,
            String subscriptionId,
            String userId,
            Money amountDue,
            int attempt,
            @Nullable String nextAttemptAt)
            implements InvoiceEvent {}

    /** The bank wants to see the user, who can do that at {@code hostedUrl}. */
    @EventTypeName("invoice.action_required")
    record ActionRequired(
            String invoiceId,
            String subscriptionId,
            String userId,
            Money amountDue,
            @Nullable String hostedUrl) implements InvoiceEvent {}

    /**
     * Money of it went back, or is on its way; {@code amountRefunded} is all that has by now, and {@code full} that it is
     * all that was paid.
     */
    @EventTypeName("invoice.refunded")
    record Refunded(
            String invoiceId,
            String subscriptionId,
            String userId,
            String refundId,
            Money amount,
            Money amountRefunded,
            boolean full,
            @Nullable String reason)
            implements InvoiceEvent {}

    /**
     * A refund failed, or Stripe refuses one that is owed or under way: the money is still here. {@code refundId} is ours where
     * Stripe made none; of what was paid for a start that Stripe made otherwise it is the subscription's id.
     */
    @EventTypeName("invoice.refund_failed")
    record RefundFailed(
            String invoiceId,
            String subscriptionId,
            String userId,
            String refundId,
            Money amount,
            @Nullable String reason)
            implements InvoiceEvent {}

    /** Its payer's bank wants the money back; access follows by the dunning policy. */
    @EventTypeName("invoice.disputed")
    record Disputed(
            String invoiceId,
            String subscriptionId,
            String userId,
            String disputeId,
            Money amount,
            @Nullable String reason)
            implements InvoiceEvent {}

    /** {@code status} is Stripe's: won or lost. */
    @EventTypeName("invoice.dispute_closed")
    record DisputeClosed(
            String invoiceId, String subscriptionId, String userId, String disputeId, Money amount, String status)
            implements InvoiceEvent {}

    /** A bank takes its payment for fraud; a dispute may follow. */
    @EventTypeName("invoice.fraud_warning")
    record FraudWarning(
            String invoiceId,
            String subscriptionId,
            String userId,
            String warningId,
            @Nullable String reason) implements InvoiceEvent {}

    /** A credit note gave what was paid to the customer's balance. */
    @EventTypeName("invoice.credited")
    record Credited(String invoiceId, String subscriptionId, String userId, String creditNoteId, Money amount)
            implements InvoiceEvent {}

    /**
     * It was paid after its subscription had ended, or after it was voided, so nothing is given for it; {@code action} is refund (it goes back)
     * or flag (a person has to see to it).
     */
    @EventTypeName("invoice.late_payment")
    record LatePayment(String invoiceId, String subscriptionId, String userId, Money amount, String action)
            implements InvoiceEvent {}

    /** What the period from {@code periodStart} on will cost, as far as is known now. */
    @EventTypeName("invoice.upcoming")
    record Upcoming(
            String subscriptionId,
            String userId,
            Money amountDue,
            String periodStart,
            @Nullable String periodEnd) implements InvoiceEvent {}
}
