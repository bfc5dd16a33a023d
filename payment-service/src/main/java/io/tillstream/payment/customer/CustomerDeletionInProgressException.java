package io.tillstream.payment.customer;

import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Stripe was not asked for a user's customer, as that one is being deleted. It passes: what they ask for afterwards is new. */
public final class CustomerDeletionInProgressException extends StripeUnavailable {

    private static final long serialVersionUID = 1L;
    private static final Duration SOON = Duration.ofSeconds(2);

    CustomerDeletionInProgressException() {
        super("The customer is being deleted", SOON, null);
    }

    /** Tells the user who asked that it is their own wish that is in the way: 409, where others pass their work on for later. */
    public static <T> Mono<T> told(Mono<T> work) {
        return work.onErrorMap(CustomerDeletionInProgressException.class, leaving -> Problem.conflict(
                        "customer-being-deleted",
                        "Your account is being deleted. Try again afterwards, with a new key.")
                .withRetryAfter(leaving.retryAfter()));
    }
}
