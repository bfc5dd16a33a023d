package io.tillstream.stripe;

import org.jspecify.annotations.Nullable;

/**
 * Stripe may have done what it was asked, or not: a time-out, a 5xx, an answer nobody can read. Only Stripe knows; ask
 * again with the same key, or look the object up. Never treat it as a failure.
 */
public final class OutcomeUnknown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknown(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
