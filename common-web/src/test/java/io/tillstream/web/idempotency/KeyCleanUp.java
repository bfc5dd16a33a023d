package io.tillstream.web.idempotency;

import reactor.core.publisher.Mono;

/** One round of the clean-up, for tests outside this package. */
public class KeyCleanUp {

    private final IdempotencyCleanUp cleanUp;

    KeyCleanUp(IdempotencyCleanUp cleanUp) {
        this.cleanUp = cleanUp;
    }

    public Mono<Long> round() {
        return cleanUp.round();
    }
}
