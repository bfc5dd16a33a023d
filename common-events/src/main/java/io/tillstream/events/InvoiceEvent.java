package io.tillstream.events;

import org.jspecify.annotations.Nullable;

/**
 * What became of a subscription's bill; published on {@code subscriptions.events}, keyed by user id. Times are RFC 3339
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
    @EventType("invoice.paid")
    record Paid(
            String invoiceId,
            String subscriptionId,
            String userId,
            Money amount,
            @Nullable String billingReason) implements InvoiceEvent {}

    /** {@code attempt} counts from 1; {@code nextAttemptAt} is absent where Stripe does not try again by itself. */
    @EventType("invoice.payment_failed")
    record PaymentFailed(
            String invoiceId,
            String subscriptionId,
            String userId,
            Money amountDue,
            int attempt,
            @Nullable String nextAttemptAt)
            implements InvoiceEvent {}

    /** The bank wants to see the user, who can do that at {@code hostedUrl}. */
    @EventType("invoice.action_required")
    record ActionRequired(
            String invoiceId,
            String subscriptionId,
            String userId,
            Money amountDue,
            @Nullable String hostedUrl) implements InvoiceEvent {}

    /** What the period from {@code periodStart} on will cost, as far as is known now. */
    @EventType("invoice.upcoming")
    record Upcoming(
            String subscriptionId,
            String userId,
            Money amountDue,
            String periodStart,
            @Nullable String periodEnd) implements InvoiceEvent {}
}
