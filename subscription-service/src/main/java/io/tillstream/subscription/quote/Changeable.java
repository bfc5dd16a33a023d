package io.tillstream.subscription.quote;

import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.web.Problem;
import org.jspecify.annotations.Nullable;

/** Whether a subscription can be changed, by what Stripe says of it now. */
public final class Changeable {

    private Changeable() {}

    /** To another plan or quantity at once: paid up, nothing planned, and its invoices are being collected. */
    public static void now(Subscription subscription, StripeSubscriptionState snapshot) {
        atAll(snapshot);
        if (snapshot.pause() != null) {
            throw Problem.conflict(
                    "collection-paused", "Collection is paused, so the change could not be billed: resume it first.");
        }
        if (subscription.schedule().isChange()) {
            throw Problem.conflict("change-scheduled", "A change is scheduled already: revoke it first.");
        }
    }

    /** At the end of the period. */
    public static void later(StripeSubscriptionState snapshot) {
        atAll(snapshot);
        if (snapshot.ending().isScheduled() && snapshot.scheduleId() == null) {
            throw Problem.conflict("cancel-scheduled", "The subscription ends with this period: resume it first.");
        }
    }

    private static void atAll(StripeSubscriptionState snapshot) {
        @Nullable SubscriptionStatus status = snapshot.status();
        if (status != SubscriptionStatus.ACTIVE && status != SubscriptionStatus.TRIALING) {
            throw Problem.conflict(
                    status == SubscriptionStatus.CANCELED || status == SubscriptionStatus.INCOMPLETE_EXPIRED
                            ? "subscription-ended"
                            : "subscription-not-active",
                    "Only an active subscription can be changed.");
        }
    }
}
