package io.tillstream.subscription.settlement;

import io.tillstream.delivery.Outcome;
import io.tillstream.delivery.TransientFault;
import reactor.core.publisher.Mono;

/** While Stripe was asked, something else was learned: the event is tried again from the beginning. */
final class StaleReadRetry {

    private StaleReadRetry() {}

    /** Asks Stripe, or once more where what it said is no longer sure to be the newest. */
    static Mono<Outcome> unlessFirst(StateOrigin source) {
        return source.isTold()
                ? Mono.just(new Outcome.NeedsRefetch())
                : Mono.error(
                        new TransientFault("Stripe's answer was overtaken", new IllegalStateException("overtaken")));
    }
}
