package io.tillstream.web;

import reactor.core.publisher.Mono;

/** Work that goes on when the one who asked for it goes away. */
public final class CancellationShield {

    private CancellationShield() {}

    /**
     * A cancel from downstream does not reach the work. A cancelled R2DBC transaction can hand its connection on with
     * the transaction open, and half-done work with Stripe is worse than unwanted work.
     */
    public static <T> Mono<T> around(Mono<T> work) {
        return Mono.deferContextual(
                context -> Mono.fromFuture(() -> work.contextWrite(context).toFuture(), true));
    }
}
