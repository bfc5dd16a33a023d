package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What waits is looked for again, whatever became of the round before. */
class DrainLoopTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final AtomicInteger rounds = new AtomicInteger();
    private DrainLoop loop = loop(Duration.ofHours(1), Mono.empty());

    private DrainLoop loop(Duration longest, Mono<Boolean> first) {
        return new DrainLoop(
                "Events",
                Duration.ofMillis(10),
                longest,
                () -> rounds.incrementAndGet() == 1 ? first : Mono.just(rounds.get() < 5));
    }

    @AfterEach
    void stop() {
        loop.stop();
    }

    @Test
    void aRoundThatHangsDoesNotEndTheLoop() {
        loop = loop(Duration.ofMillis(50), Mono.never());
        loop.start();
        await().atMost(SOON).until(() -> rounds.get() > 5);
    }

    @Test
    void aRoundThatFailsDoesNotEndTheLoop() {
        loop = loop(Duration.ofHours(1), Mono.error(new IllegalStateException("the database is away")));
        loop.start();
        await().atMost(SOON).until(() -> rounds.get() > 5);
    }

    @Test
    void whileMoreIsDueThereIsNoRest() {
        loop = new DrainLoop(
                "Events", Duration.ofHours(1), Duration.ofHours(1), () -> Mono.just(rounds.incrementAndGet() < 5));
        loop.start();
        await().atMost(SOON).until(() -> rounds.get() == 5);
        assertThat(loop.isRunning()).isTrue();
    }

    /** Else what is due by then waits for a whole period. */
    @Test
    void aHintInTheMiddleOfARoundThatAnotherHintBeganIsNotLost() {
        var over = new CountDownLatch(1);
        loop = new DrainLoop(
                "Events",
                Duration.ofHours(1),
                Duration.ofHours(1),
                () -> Mono.fromCallable(() -> {
                    if (rounds.incrementAndGet() == 2) {
                        over.await();
                    }
                    return false;
                }));
        loop.start();
        await().atMost(SOON).until(() -> rounds.get() == 1);
        var unused = CompletableFuture.runAsync(loop::hint);
        await().atMost(SOON).until(() -> rounds.get() == 2);
        loop.hint();
        over.countDown();
        await().atMost(SOON).until(() -> rounds.get() == 3);
    }
}
