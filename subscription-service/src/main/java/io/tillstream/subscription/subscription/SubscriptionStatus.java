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

    /**
     * All moves. Events are missed and overtaken, so of Stripe's own states each may follow each, but for what is for
     * ever: an end, and that the first payment is behind it. A start we held for failed may turn out to be there.
     */
    public boolean canBecome(SubscriptionStatus next) {
        return switch (next) {
            case STARTING -> this == STARTING;
            case FAILED -> this == STARTING || this == FAILED;
            case INCOMPLETE -> this == STARTING || this == FAILED || this == INCOMPLETE;
            case TRIALING, ACTIVE, PAST_DUE, UNPAID, PAUSED -> !isOver();
            case INCOMPLETE_EXPIRED, CANCELED -> !isOver() || this == next;
        };
    }

    /** For ever, at Stripe. */
    public boolean isOver() {
        return this == CANCELED || this == INCOMPLETE_EXPIRED;
    }

    /** Whether it stands in the way of another one to the same plan. */
    public boolean isLive() {
        return switch (this) {
            case STARTING, INCOMPLETE, TRIALING, ACTIVE, PAST_DUE, UNPAID, PAUSED -> true;
            case FAILED, INCOMPLETE_EXPIRED, CANCELED -> false;
        };
    }

    /** Whether it goes on as it should: paid, or in trial. */
    public boolean isRunning() {
        return this == TRIALING || this == ACTIVE;
    }

    /** Whether a payment is owed that was tried. */
    public boolean isOwing() {
        return this == PAST_DUE || this == UNPAID;
    }

    /** Whether it has been beyond its first payment, from which there is no way back. */
    public boolean isBeyondStart() {
        return switch (this) {
            case STARTING, FAILED, INCOMPLETE -> false;
            case INCOMPLETE_EXPIRED, TRIALING, ACTIVE, PAST_DUE, UNPAID, PAUSED, CANCELED -> true;
        };
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static SubscriptionStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
