package io.tillstream.subscription.stripe;

import io.tillstream.subscription.subscription.Subscription;

/**
 * What a request on a subscription came to.
 *
 * @param settled whether Stripe has answered; if not, the subscription is as it was known, and news will come
 */
public record SubscriptionUpdateResult(Subscription subscription, boolean settled) {}
