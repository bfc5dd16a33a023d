package io.tillstream.stripe;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a decline means for the buyer; the same rule for an answer to a call and for an error read from an event. */
public final class RetryableDeclines {

    private RetryableDeclines() {}

    /**
     * Whether an error is the bank's no, or its owner's: Stripe says so by its type, or by a code that is nothing else. What it
     * keeps on an intent may be of any type.
     */
    public static boolean isDecline(@Nullable String type, @Nullable String code, @Nullable String declineCode) {
        return "card_error".equals(type)
                || declineCode != null
                || (code != null && StripeErrors.DECLINES.contains(code));
    }

    /** The codes that are nothing else. */
    public static Set<String> codes() {
        return StripeErrors.DECLINES;
    }

    /** Whether the same card may work on another try. Stripe's advice, where it gives one, decides. */
    public static boolean retryable(@Nullable String code, @Nullable String declineCode, @Nullable String advice) {
        return StripeErrors.retryable(code == null ? "" : code, declineCode, advice);
    }
}
