package io.tillstream.web.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What a hint that is lost tells of waits for a whole period. */
class RoundsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration NEVER = Duration.ofHours(1);

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private Rounds rounds = rounds(NEVER, Mono.empty());

    private Rounds rounds(Duration every, Mono<Void> work) {
        return new Rounds(
                every,
                every,
                Mono.defer(() -> {
                            begun.incrementAndGet();
                            return work;
                        })
                        .doFinally(end -> ended.incrementAndGet()));
    }

    @AfterEach
    void stop() {
        rounds.stop();
    }

    private void begun(int times) {
        await().atMost(SOON).until(() -> begun.get() == times);
    }

    @Test
    void hintsInTheMiddleOfARoundAreHeardWithOneMore() {
        Sinks.One<Boolean> over = Sinks.one();
        rounds = rounds(NEVER, over.asMono().then());
        rounds.start();
        rounds.hint();
        begun(1);
        IntStream.range(0, 5).forEach(hint -> rounds.hint());
        assertThat(begun).as("one at a time").hasValue(1);
        over.tryEmitValue(true);
        begun(2);
        await().atMost(SOON).until(() -> ended.get() == 2);
        rounds.hint();
        begun(3); // none but these
    }

    /** As where a driver waits in the thread that subscribes: whoever gives the hint serves requests. */
    @Test
    void whoeverHintsDoesNotWaitForARoundThatBlocks() {
        var over = new CountDownLatch(1);
        rounds = rounds(NEVER, Mono.fromCallable(() -> {
            over.await();
            return null;
        }));
        rounds.start();
        rounds.hint();
        begun(1);
        rounds.hint();
        over.countDown();
        begun(2);
    }

    @Test
    void hintsOfManyThreadsAtOnceAreAllFollowedByARound() {
        var told = new AtomicInteger();
        var seen = new AtomicInteger();
        rounds = rounds(NEVER, Mono.fromRunnable(() -> seen.set(told.get())));
        rounds.start();
        IntStream.rangeClosed(1, 5_000).parallel().forEach(hint -> {
            told.incrementAndGet();
            rounds.hint();
        });
        await().atMost(SOON).until(() -> seen.get() == 5_000);
    }

    @Test
    void ticksInTheMiddleOfARoundAreLeftOut() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            Sinks.One<Boolean> over = Sinks.one();
            rounds = rounds(Duration.ofSeconds(1), over.asMono().then());
            rounds.start();
            time.advanceTimeBy(Duration.ofSeconds(11));
            assertThat(begun).hasValue(1);
            over.tryEmitValue(true);
            time.advanceTimeBy(Duration.ofMillis(900));
            assertThat(begun).hasValue(1);
            time.advanceTimeBy(Duration.ofMillis(100));
            assertThat(begun).hasValue(2);
            time.advanceTimeBy(Duration.ofSeconds(3));
            assertThat(begun).hasValue(5);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    void itCanBeStartedAgain() {
        rounds.hint();
        rounds.start();
        assertThat(rounds.isRunning()).isTrue();
        rounds.stop();
        assertThat(rounds.isRunning()).isFalse();
        rounds.hint();
        rounds.start();
        rounds.hint();
        begun(1);
    }
}
