package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What no event goes on with would stand for ever. */
class SweepTest {

    private static final Duration SOON = Duration.ofMinutes(1);
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

    /** Whoever asked before may have been killed before it kept the answer. */
    @Test
    void withTheFirstRoundAllThatRestsIsDue() {
        var sweep = new Resting(SHORT, Duration.ZERO);
        sweep.start();
        await().atMost(SOON).until(() -> sweep.rounds.get() > 0);
        sweep.stop();
        assertThat(sweep.dueAtFirstRound).as("before it").hasValue(3);
        assertThat(sweep.became).hasValue(3);
    }

    @Test
    void whatRestsIsDueAtOnceWhenItIsWoken() {
        var sweep = new Resting(Duration.ofHours(1), Duration.ZERO);
        sweep.start();
        assertThat(sweep.became).as("its first round is an hour away").hasValue(0);
        sweep.wake();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(sweep.dueAtFirstRound).hasValue(3));
        sweep.stop();
    }

    /** Else the hint is lost with the database that is away as well. */
    @Test
    void aHintIsKeptUntilItsRowsAreDue() {
        var sweep = new Resting(SHORT, Duration.ZERO);
        sweep.faults.set(3);
        sweep.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(sweep.became).hasValue(3));
        sweep.stop();
    }

    @Test
    void aDatabaseThatWasAwayMakesDueWhatFailedByItButADefectDoesNot() {
        var sweep = new Resting(SHORT, Duration.ZERO);
        sweep.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(sweep.became).hasValue(3));
        sweep.awaitRounds(1); // nothing is made due any more
        sweep.rest.set(2);
        sweep.failed(new IllegalStateException("a defect"));
        sweep.awaitRounds(4);
        assertThat(sweep.became).hasValue(3);
        sweep.failed(new IOException("the database is away"));
        await().atMost(SOON).untilAsserted(() -> assertThat(sweep.became).hasValue(5));
        sweep.stop();
    }

    /** What fails for a reason of its own would be asked for without an end. */
    @Test
    void betweenTwoHintsIsARest() {
        var sweep = new Resting(SHORT, Duration.ofHours(1));
        sweep.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(sweep.became).hasValue(3));
        sweep.awaitRounds(1); // nothing is made due any more
        sweep.rest.set(2);
        sweep.wake();
        await().atMost(SOON).untilAsserted(() -> assertThat(sweep.became).hasValue(5));
        sweep.awaitRounds(1);
        sweep.rest.set(2);
        sweep.wake();
        sweep.awaitRounds(4);
        sweep.stop();
        assertThat(sweep.became).hasValue(5);
    }

    /** Else what became due meanwhile, as an order whose outcome is unknown, waits for a whole period. */
    @Test
    void aWakeUpInTheMiddleOfARoundThatAnotherBeganIsNotLost() {
        var rounds = new AtomicInteger();
        var over = new CountDownLatch(1);
        Sweep sweep = sweep(Duration.ofHours(1), Mono.fromCallable(() -> {
            if (rounds.incrementAndGet() == 1) {
                over.await();
            }
            return null;
        }));
        sweep.start();
        var unused = CompletableFuture.runAsync(sweep::wake);
        await().atMost(SOON).until(() -> rounds.get() == 1);
        sweep.wake();
        over.countDown();
        await().atMost(SOON).until(() -> rounds.get() == 2);
        sweep.stop();
    }

    @Test
    void aWakeUpInItsRestIsHeardWhenThatIsOverAndNotAPeriodLater() {
        var sweep = new Resting(Duration.ofHours(1), Duration.ofMillis(300));
        sweep.start();
        for (int times = 1; times <= 4; times++) { // the first does not count, and is followed by no rest
            sweep.rest.set(2);
            int before = sweep.became.get();
            int rounds = sweep.rounds.get();
            sweep.wake();
            await().atMost(SOON).untilAsserted(() -> assertThat(sweep.became).hasValue(before + 2));
            await().atMost(SOON).until(() -> sweep.rounds.get() > rounds);
        }
        sweep.stop();
    }

    /** Has rows that rest, of which two become due at a time. */
    private static final class Resting extends Sweep {
        private final AtomicInteger rest = new AtomicInteger(3);
        private final AtomicInteger faults = new AtomicInteger();
        private final AtomicInteger became = new AtomicInteger();
        private final AtomicInteger rounds = new AtomicInteger();
        private final AtomicInteger dueAtFirstRound = new AtomicInteger(-1);

        Resting(Duration every, Duration wakeRest) {
            super(every, every, Duration.ofMinutes(5), wakeRest);
        }

        /** So many more begin, from now on. */
        private void awaitRounds(int more) {
            int before = rounds.get();
            await().atMost(SOON).until(() -> rounds.get() >= before + more);
        }

        @Override
        protected Mono<Long> makeDue() {
            return Mono.fromCallable(() -> {
                if (faults.getAndDecrement() > 0) {
                    throw new IOException("the database is away");
                }
                int due = Math.min(2, rest.get());
                rest.addAndGet(-due);
                became.addAndGet(due);
                return (long) due;
            });
        }

        @Override
        protected Mono<Void> round() {
            return Mono.fromRunnable(() -> {
                dueAtFirstRound.compareAndSet(-1, became.get());
                rounds.incrementAndGet();
            });
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

    private static Sweep sweep(Duration every, Mono<Void> round) {
        return new Sweep(every, every, Duration.ofMinutes(5), Duration.ZERO) {
            @Override
            protected Mono<Void> round() {
                return round;
            }
        };
    }

    private static Sweep sweep(Mono<Void> round, Duration longest) {
        return new Sweep(SHORT, SHORT, longest, Duration.ZERO) {
            @Override
            protected Mono<Void> round() {
                return round;
            }
        };
    }
}
