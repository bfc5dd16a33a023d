package io.tillstream.subscription.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.answers.StripeProblems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class StripeRoundTest {

    private static final Duration WAIT = Duration.ofSeconds(60);

    private int claims;
    private final List<Integer> asked = new ArrayList<>();
    private final List<Integer> later = new ArrayList<>();

    private Supplier<Flux<Integer>> batches(int count) {
        return () -> claims++ < count ? Flux.range(claims * 10, 3) : Flux.empty();
    }

    private void round(int batches, RuntimeException fault) {
        StripeRound.of(
                        batches(batches),
                        one -> {
                            asked.add(one);
                            return Mono.error(fault);
                        },
                        (one, why) -> later.add(one))
                .block(WAIT);
    }

    /** Else all that is due is claimed for nothing while a breaker is open, and rests for longer each time. */
    @Test
    void itEndsWithTheFirstThatStripeCannotBeAskedAbout() {
        round(100, new StripeUnavailable("the breaker is open", Duration.ofSeconds(30), null));

        assertThat(claims).isOne();
        assertThat(asked).containsExactly(10);
        assertThat(later).containsExactly(10);
    }

    /** One that our key may not read, or that was made beyond our words: the others are claimed, and would rest unasked. */
    @Test
    void itGoesOnAfterOneThatStripeRefusesToTellOf() {
        var no = new StripeResult.Refused<>(400, "parameter_unknown", "No", null, null);
        StripeRound.of(
                        batches(2),
                        one -> {
                            asked.add(one);
                            return Mono.fromSupplier(() -> StripeProblems.present(no));
                        },
                        (one, why) -> later.add(one))
                .block(WAIT);

        assertThat(asked).containsExactly(10, 11, 12, 20, 21, 22);
        assertThat(later).isEqualTo(asked);
    }

    @Test
    void itGoesOnAfterAnyOtherFaultUntilNothingIsDue() {
        round(2, new IllegalStateException("of one"));

        assertThat(asked).containsExactly(10, 11, 12, 20, 21, 22);
        assertThat(later).isEqualTo(asked);
        assertThat(claims).isEqualTo(3);
    }

    @Test
    void itEndsThoughSomethingIsAlwaysDue() {
        round(Integer.MAX_VALUE, new IllegalStateException("of one"));

        assertThat(claims).isEqualTo(StripeRound.BATCHES);
    }
}
