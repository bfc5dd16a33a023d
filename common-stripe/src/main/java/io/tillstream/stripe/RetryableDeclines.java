package io.tillstream.stripe;

import org.jspecify.annotations.Nullable;

/** What a decline means for the buyer; the same rule for an answer to a call and for an error read from an event. */
public final class RetryableDeclines {

    private RetryableDeclines() {}

    /** Whether the same card may work on another try. Stripe's advice, where it gives one, decides. */
    public static boolean retryable(@Nullable String code, @Nullable String declineCode, @Nullable String advice) {
        return StripeErrors.retryable(code == null ? "" : code, declineCode, advice);
    }
}
