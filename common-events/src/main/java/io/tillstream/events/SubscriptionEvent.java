package io.tillstream.events;

import org.jspecify.annotations.Nullable;

/**
 * What happened to a subscription; published on {@code subscriptions.events}, keyed by user id. Times are RFC 3339 UTC.
 */
public sealed interface SubscriptionEvent extends DomainEvent {

    String TOPIC = "subscriptions.events";

    String subscriptionId();

    String userId();

    /** The plan in force after this. */
    String planId();

    int quantity();

    @Override
    default String aggregateId() {
        return userId();
    }

    @Override
    default String topic() {
        return TOPIC;
    }

    /** There is one at Stripe now; {@code status} is Stripe's word, for example incomplete or trialing. */
    @EventTypeName("subscription.created")
    record Created(String subscriptionId, String userId, String planId, int quantity, String status)
            implements SubscriptionEvent {}

    /** It runs: paid, in trial, or recovered from payments that failed. */
    @EventTypeName("subscription.activated")
    record Activated(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            @Nullable String currentPeriodEnd) implements SubscriptionEvent {}

    @EventTypeName("subscription.trial_ending")
    record TrialEnding(String subscriptionId, String userId, String planId, int quantity, String trialEnd)
            implements SubscriptionEvent {}

    /** A new period has begun and is paid, whichever was told first; how much was paid says {@code invoice.paid}. */
    @EventTypeName("subscription.renewed")
    record Renewed(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            String currentPeriodStart,
            String currentPeriodEnd)
            implements SubscriptionEvent {}

    /** A payment failed and is tried again. */
    @EventTypeName("subscription.past_due")
    record PastDue(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            @Nullable String since) implements SubscriptionEvent {}

    @EventTypeName("subscription.plan_changed")
    record PlanChanged(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            String previousPlanId,
            int previousQuantity)
            implements SubscriptionEvent {}

    /** It becomes this at {@code scheduledAt}; a plan of none of ours has no id. */
    @EventTypeName("subscription.change_scheduled")
    record ChangeScheduled(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            @Nullable String scheduledPlanId,
            int scheduledQuantity,
            String scheduledAt)
            implements SubscriptionEvent {}

    /** What was told to come at {@code scheduledAt} does not come, whoever took it back, or what took its place. */
    @EventTypeName("subscription.change_unscheduled")
    record ChangeUnscheduled(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            @Nullable String scheduledPlanId,
            int scheduledQuantity,
            String scheduledAt)
            implements SubscriptionEvent {}

    /** {@code reason} is one of Stripe's words; what a user wrote themselves is {@code other}. */
    @EventTypeName("subscription.cancel_scheduled")
    record CancelScheduled(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            String cancelAt,
            @Nullable String reason) implements SubscriptionEvent {}

    /** A scheduled cancel was taken back, or a paused one goes on. */
    @EventTypeName("subscription.resumed")
    record Resumed(String subscriptionId, String userId, String planId, int quantity) implements SubscriptionEvent {}

    /** Its payments are not collected; {@code until} is absent where nobody said how long. */
    @EventTypeName("subscription.paused")
    record Paused(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            @Nullable String until) implements SubscriptionEvent {}

    @EventTypeName("subscription.canceled")
    record Canceled(
            String subscriptionId,
            String userId,
            String planId,
            int quantity,
            @Nullable String endedAt,
            @Nullable String reason)
            implements SubscriptionEvent {}
}
