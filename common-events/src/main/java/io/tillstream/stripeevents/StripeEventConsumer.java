package io.tillstream.stripeevents;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which of Stripe's events each service follows. A handler is asked about no other type, and our webhook endpoint at Stripe is
 * held against all of them: what is added here is handled, and asked for, or its test fails.
 *
 * @see <a href="https://docs.stripe.com/api/events/types">Stripe: types of events</a>
 */
public enum StripeEventConsumer {
    ORDERS(
            "payment_intent.succeeded",
            "payment_intent.processing",
            "payment_intent.requires_action",
            "payment_intent.payment_failed",
            "payment_intent.canceled",
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.expired",
            "charge.refunded",
            "refund.created",
            "refund.updated",
            "refund.failed",
            "charge.refund.updated",
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated"),

    PAYMENTS(
            "payment_intent.created",
            "payment_intent.succeeded",
            "payment_intent.processing",
            "payment_intent.requires_action",
            "payment_intent.payment_failed",
            "payment_intent.canceled",
            "payment_intent.amount_capturable_updated",
            "payment_method.attached",
            "payment_method.detached",
            "payment_method.updated",
            "payment_method.automatically_updated",
            "setup_intent.succeeded",
            "setup_intent.setup_failed",
            "mandate.updated",
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.expired",
            "charge.succeeded",
            "charge.failed",
            "charge.updated",
            "charge.captured",
            "charge.pending",
            "charge.expired",
            "charge.refunded",
            "refund.created",
            "refund.updated",
            "refund.failed",
            "charge.refund.updated",
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "radar.early_fraud_warning.created",
            "radar.early_fraud_warning.updated",
            "customer.created",
            "customer.updated",
            "customer.deleted"),

    SUBSCRIPTIONS(
            "product.created",
            "product.updated",
            "product.deleted",
            "price.created",
            "price.updated",
            "price.deleted",
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "customer.subscription.paused",
            "customer.subscription.resumed",
            "customer.subscription.trial_will_end",
            "customer.subscription.pending_update_applied",
            "customer.subscription.pending_update_expired",
            "subscription_schedule.created",
            "subscription_schedule.updated",
            "subscription_schedule.released",
            "subscription_schedule.completed",
            "subscription_schedule.canceled",
            "subscription_schedule.aborted",
            "subscription_schedule.expiring",
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.expired",
            "invoice.upcoming",
            "invoice.created",
            "invoice.finalized",
            "invoice.finalization_failed",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice.payment_failed",
            "invoice.payment_action_required",
            "invoice.updated",
            "invoice.voided",
            "invoice.marked_uncollectible",
            "invoice.overdue",
            "payment_intent.succeeded",
            "refund.created",
            "refund.updated",
            "refund.failed",
            "charge.refund.updated",
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "radar.early_fraud_warning.created",
            "radar.early_fraud_warning.updated",
            "credit_note.created",
            "credit_note.updated",
            "credit_note.voided",
            "payment_method.attached",
            "payment_method.detached",
            "payment_method.updated",
            "payment_method.automatically_updated",
            "customer.deleted",
            "entitlements.active_entitlement_summary.updated");

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is, and its type does not say so
    private final Set<String> types;

    StripeEventConsumer(String... types) {
        this.types = Set.of(types);
    }

    /** Whether the service does anything with events of this type. */
    public boolean follows(String type) {
        return types.contains(type);
    }

    /** Stripe's names of the events that the service follows. */
    public Set<String> types() {
        return types;
    }

    /** What Stripe has to send so that every service hears what it follows. */
    public static SortedSet<String> allTypes() {
        SortedSet<String> all = new TreeSet<>();
        for (StripeEventConsumer consumer : values()) {
            all.addAll(consumer.types);
        }
        return all;
    }
}
