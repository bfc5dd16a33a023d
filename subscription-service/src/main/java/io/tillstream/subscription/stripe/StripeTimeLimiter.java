package io.tillstream.subscription.stripe;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** How long a request waits for work with Stripe, and what it answers when there is no answer. The work goes on. */
@Component
public class StripeTimeLimiter {

    private static final Duration LONGEST = Duration.ofSeconds(10); // the gateway waits 15 s, a service 12 s
    private static final Duration SOON = Duration.ofSeconds(5);

    private final Subscriptions subscriptions;

    StripeTimeLimiter(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    /** For what changes a subscription: without an answer in time it is told as it is known. */
    public <T> Mono<T> forChange(Subscription known, Mono<T> work, Function<Subscription, T> asKnown) {
        Mono<T> unknown = Mono.defer(() -> subscriptions.find(known.id())).map(asKnown);
        return Transactions.shield(work)
                .timeout(LONGEST, unknown)
                .onErrorResume(OutcomeUnknown.class, e -> unknown)
                .onErrorMap(StripeUnavailable.class, StripeTimeLimiter::away);
    }

    /** For what only asks: without an answer in time nothing was done. */
    public static <T> Mono<T> forAnswer(Mono<T> work) {
        return Transactions.shield(work)
                .timeout(LONGEST)
                .onErrorMap(StripeUnavailable.class, StripeTimeLimiter::away)
                .onErrorMap(e -> e instanceof OutcomeUnknown || e instanceof TimeoutException, e -> Problem.unavailable(
                                "Stripe has not answered.", SOON)
                        .causedBy(e));
    }

    private static Problem away(StripeUnavailable away) {
        return Problem.unavailable("Stripe cannot be asked now.", away.retryAfter());
    }
}
