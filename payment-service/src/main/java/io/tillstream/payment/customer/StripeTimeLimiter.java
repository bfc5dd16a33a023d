package io.tillstream.payment.customer;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/** How long a request waits for work with Stripe, and what it answers when there is no answer. The work goes on. */
public final class StripeTimeLimiter {

    private static final Duration LONGEST = Duration.ofSeconds(10); // the gateway waits 15 s, a service 12 s
    private static final Duration SOON = Duration.ofSeconds(5);

    private StripeTimeLimiter() {}

    public static <T> Mono<T> on(Mono<T> work) {
        return Transactions.shield(work)
                .timeout(LONGEST)
                .onErrorMap(
                        StripeUnavailable.class,
                        away -> Problem.unavailable("Stripe cannot be asked now.", away.retryAfter()))
                .onErrorMap(e -> e instanceof OutcomeUnknown || e instanceof TimeoutException, e -> Problem.unavailable(
                                "Stripe has not answered; the same request again finds what was done.", SOON)
                        .causedBy(e));
    }
}
