package io.tillstream.subscription.subscription;

import java.util.Locale;

/** Where a subscription stands: Stripe's words, and two of ours for the time before there is one at Stripe. */
public enum SubscriptionStatus {
    /** Stripe has not answered yet, or its Checkout Session is open. */
    STARTING,
    /** It never came to be at Stripe. */
    FAILED,
    INCOMPLETE,
    INCOMPLETE_EXPIRED,
    TRIALING,
    ACTIVE,
    PAST_DUE,
    UNPAID,
    PAUSED,
    CANCELED;

    /** Whether it stands in the way of another one to the same plan. */
    public boolean isLive() {
        return switch (this) {
            case STARTING, INCOMPLETE, TRIALING, ACTIVE, PAST_DUE, UNPAID, PAUSED -> true;
            case FAILED, INCOMPLETE_EXPIRED, CANCELED -> false;
        };
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static SubscriptionStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
