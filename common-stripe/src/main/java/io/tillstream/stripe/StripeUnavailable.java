package io.tillstream.stripe;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Stripe could not be asked, and nothing has happened there: no connection, too many calls, breaker open, key refused. */
public class StripeUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    public StripeUnavailable(String message, Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
