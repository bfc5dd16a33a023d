package io.tillstream.subscription.quote;

import io.tillstream.subscription.catalog.Plan;

/**
 * What a subscription is to become.
 *
 * @param priceId of the plan at Stripe; where the plan stays, the one the subscriber has, even if new ones pay another
 */
public record ChangeTarget(Plan plan, String priceId, int quantity) {}
