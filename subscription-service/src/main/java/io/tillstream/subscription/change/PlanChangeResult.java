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
record PlanChangeResult(
        Subscription subscription,
        boolean settled,
        ChangePaymentDetails.@Nullable ToPay toPay,
        ChangePaymentDetails.@Nullable Failure failure) {

    static PlanChangeResult done(Subscription subscription) {
        return new PlanChangeResult(subscription, true, null, null);
    }

    static PlanChangeResult unknown(Subscription subscription) {
        return new PlanChangeResult(subscription, false, null, null);
    }
}
