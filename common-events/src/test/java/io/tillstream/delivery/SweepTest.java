package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What no event goes on with would stand for ever. */
class SweepTest {

    private static final Duration SHORT = Duration.ofMillis(1);

    @Test
    void itLooksAgainAndAgainUntilItIsStopped() throws InterruptedException {
        var three = new CountDownLatch(3);
        Sweep sweep = sweep(Mono.fromRunnable(three::countDown));
        sweep.start();
        assertThat(three.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(sweep.isRunning()).isTrue();
        sweep.stop();
        assertThat(sweep.isRunning()).isFalse();
    }

    @Test
    void noRoundBeginsBeforeTheLastIsOver() throws InterruptedException {
        var rounds = new AtomicInteger();
        var first = new CountDownLatch(1);
        var second = new CountDownLatch(1);
        Sinks.Empty<Void> over = Sinks.empty();
        Sweep sweep = sweep(Mono.defer(() -> {
            if (rounds.incrementAndGet() == 1) {
                first.countDown();
                return over.asMono();
            }
            assertThat(over.asMono().toFuture()).isCompleted();
            second.countDown();
            return Mono.empty();
        }));
        sweep.start();
        assertThat(first.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(rounds).hasValue(1);
        over.tryEmitEmpty();
        assertThat(second.await(1, TimeUnit.MINUTES)).isTrue();
        sweep.stop();
    }

    @Test
    void aRoundThatHangsOrFailsIsNotTheLast() throws InterruptedException {
        for (Mono<Void> first : List.of(Mono.<Void>never(), Mono.<Void>error(new IllegalStateException("a defect")))) {
            var rounds = new AtomicInteger();
            var third = new CountDownLatch(1);
            Sweep sweep = sweep(
                    Mono.defer(() -> {
                        int round = rounds.incrementAndGet();
                        if (round == 3) {
                            third.countDown();
                        }
                        return round == 1 ? first : Mono.empty();
                    }),
                    Duration.ofMillis(50));
            sweep.start();
            assertThat(third.await(1, TimeUnit.MINUTES)).isTrue();
            sweep.stop();
        }
    }

    @Test
    void aPeriodThatIsNoneIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new SweepPeriods(Map.of("refunds", Duration.ZERO)))
                .hasMessageContaining("tillstream.sweep-every.refunds");
        assertThatThrownBy(() -> new SweepPeriods(Map.of()).of("refunds"))
                .hasMessageContaining("tillstream.sweep-every.refunds is not set");
    }

    private static Sweep sweep(Mono<Void> round) {
        return sweep(round, Duration.ofMinutes(5));
    }

    private static Sweep sweep(Mono<Void> round, Duration longest) {
        return new Sweep(SHORT, longest) {
            @Override
            protected Mono<Void> round() {
                return round;
            }
        };
    }
}
