package io.tillstream.subscription.change;

import io.tillstream.subscription.subscription.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * What a wish to change came to.
 *
 * @param settled whether Stripe has answered; if not, the subscription is as it was known, and news will come
 * @param toPay where the change waits for its payment: how it can be paid
 * @param failure where the card was declined: the old plan is in force
 */
record SubscriptionChangeResult(
        Subscription subscription,
        boolean settled,
        ChangePaymentDetails.@Nullable ToPay toPay,
        ChangePaymentDetails.@Nullable Failure failure) {

    static SubscriptionChangeResult done(Subscription subscription) {
        return new SubscriptionChangeResult(subscription, true, null, null);
    }

    static SubscriptionChangeResult unknown(Subscription subscription) {
        return new SubscriptionChangeResult(subscription, false, null, null);
    }
}
