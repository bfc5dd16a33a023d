package io.tillstream.subscription.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.TransientFault;
import reactor.core.publisher.Mono;

/** While Stripe was asked, something else was learned: the event is tried again from the beginning. */
final class StaleReadRetry {

    private StaleReadRetry() {}

    /** Asks Stripe, or once more where what it said is no longer sure to be the newest. */
    static Mono<EventOutcome> unlessFirst(StateOrigin source) {
        return source.isTold()
                ? Mono.just(new EventOutcome.NeedsRefetch())
                : Mono.error(
                        new TransientFault("Stripe's answer was overtaken", new IllegalStateException("overtaken")));
    }
}
