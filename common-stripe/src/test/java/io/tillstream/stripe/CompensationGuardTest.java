package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class CompensationGuardTest {

    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final CompensationGuard guard = new CompensationGuard();
    private final Sinks.One<String> work = Sinks.one();

    @Test
    void whatItsCallerWasToldOfIsNotTakenBack() {
        StepVerifier.withVirtualTime(() -> guard.answer(work.asMono(), WITHIN, Mono.just("goes on")))
                .thenAwait(WITHIN)
                .expectNext("goes on")
                .verifyComplete();
        assertThat(guard.takesBack()).isFalse();
        assertThat(guard.told()).as("said twice").isTrue();
    }

    @Test
    void whatIsBeingTakenBackIsNotToldToGoOn() {
        StepVerifier.withVirtualTime(() -> guard.answer(work.asMono(), WITHIN, Mono.just("goes on")))
                .then(() -> assertThat(guard.takesBack()).isTrue())
                .thenAwait(WITHIN)
                .then(() -> work.tryEmitError(new StripeUnavailable("away", WITHIN, null)))
                .verifyError(StripeUnavailable.class);
        assertThat(guard.told()).isFalse();
    }

    @Test
    void whatEndsInTimeIsItsOwnAnswer() {
        work.tryEmitValue("done");
        assertThat(guard.answer(work.asMono(), WITHIN, Mono.just("goes on")).block(WITHIN))
                .isEqualTo("done");
    }
}
