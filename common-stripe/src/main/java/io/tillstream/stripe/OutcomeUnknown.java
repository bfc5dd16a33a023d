package io.tillstream.stripe;

import org.jspecify.annotations.Nullable;

/**
 * Stripe may have done what it was asked, or not: a time-out, a 5xx, an answer nobody can read. Only Stripe knows; ask
 * again with the same key, or look the object up. Never treat it as a failure.
 */
public final class OutcomeUnknown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean replayed;

    public OutcomeUnknown(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    OutcomeUnknown(String message, @Nullable Throwable cause, boolean replayed) {
        super(message, cause);
        this.replayed = replayed;
    }

    /**
     * Whether Stripe only repeats a failure that it keeps for this key, as it does for a day. The request is over, so a
     * look at Stripe tells what it did; if it did nothing, only another key can do it.
     */
    public boolean isReplayed() {
        return replayed;
    }
}
