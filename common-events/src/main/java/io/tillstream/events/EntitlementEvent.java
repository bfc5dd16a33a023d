package io.tillstream.events;

import org.jspecify.annotations.Nullable;

/**
 * What a user may use, whatever gives it: where two subscriptions give the same feature, these tell of the best. Published
 * on {@code subscriptions.events}, keyed by user id. Times are RFC 3339 UTC.
 *
 * <p>{@code since} stays the same from the first grant to the revocation; {@code until} is the end of what is known to be
 * given, and moves on with each renewal. {@code subscriptionId} is absent where Stripe itself gives the feature.
 */
public sealed interface EntitlementEvent extends DomainEvent {

    String userId();

    String feature();

    @Override
    default String aggregateId() {
        return userId();
    }

    @Override
    default String topic() {
        return SubscriptionEvent.TOPIC;
    }

    /** It may be used from now on, or in full again after it was limited. */
    @EventTypeName("entitlement.granted")
    record Granted(
            String userId,
            String feature,
            @Nullable String subscriptionId,
            String since,
            @Nullable String until) implements EntitlementEvent {}

    /** Payment is owed: what limited means is the product's to say. */
    @EventTypeName("entitlement.limited")
    record Limited(
            String userId,
            String feature,
            @Nullable String subscriptionId,
            String since,
            @Nullable String until) implements EntitlementEvent {}

    @EventTypeName("entitlement.revoked")
    record Revoked(
            String userId,
            String feature,
            @Nullable String subscriptionId,
            String since,
            @Nullable String until) implements EntitlementEvent {}
}
