package io.tillstream.stripe;

import org.jspecify.annotations.Nullable;

/**
 * One question has the same answer until somebody changes something: Stripe refuses to say, our key lacks the right to it, or it
 * cannot even be written. Of others it says nothing.
 */
public final class StripeRefusal extends StripeUnavailable {
    private static final long serialVersionUID = 1L;

    public StripeRefusal(StripeResult<?> no) {
        this("Stripe refuses to say: " + no, null);
    }

    StripeRefusal(String message, @Nullable Throwable cause) {
        super(message, StripeCalls.SOMEBODY_MENDS_IT, cause);
    }
}
