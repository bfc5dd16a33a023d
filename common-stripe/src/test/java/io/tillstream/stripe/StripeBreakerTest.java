package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A breaker that closes while Stripe is away has buyers wait for answers that do not come; one that stays open sells nothing. */
class StripeBreakerTest {

    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration TRIAL = Duration.ofSeconds(35);
    private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SLOW = TimeUnit.SECONDS.toNanos(29);

    private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    private final StripeBreaker breaker = new StripeBreaker(new SimpleMeterRegistry(), SOON, TRIAL, clock);

    @AfterEach
    void end() {
        breaker.close();
    }

    /** In its trial, once its time without any call is over. */
    private void triedAfterAnOutage() {
        fail(20);
        assertThat(breaker.state()).isNotEqualTo(State.CLOSED);
        await().until(() -> breaker.state() == State.HALF_OPEN && clock.getScheduledTaskCount() > 0);
    }

    private void fail(int calls) {
        for (int i = 0; i < calls; i++) {
            if (breaker.tryAcquire()) {
                breaker.failed(QUICK, new IOException("gone"));
            }
        }
    }

    private void answer(int calls, long nanos) {
        for (int i = 0; i < calls; i++) {
            assertThat(breaker.tryAcquire()).isTrue();
            breaker.answered(nanos);
        }
    }

    @Test
    void anInstanceThatIsAskedForNothingClosesItsBreakerAllTheSame() {
        triedAfterAnOutage();
        clock.advanceTimeBy(TRIAL.minusMillis(1));
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        clock.advanceTimeBy(SOON);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void whileItTriesCallsThatFailOpenItAgain() {
        triedAfterAnOutage();
        fail(5);
        assertThat(breaker.state()).isNotEqualTo(State.CLOSED);
    }

    @ParameterizedTest(name = "{0} failed, {1} slow, {2} good: closed {3}")
    @CsvSource({
        "1, 0, 0, false",
        "4, 0, 0, false",
        "3, 0, 1, false",
        "2, 0, 2, false",
        "0, 1, 0, false",
        "0, 4, 0, false",
        "1, 0, 3, true",
        "1, 0, 2, true",
        "0, 0, 1, true",
        "0, 3, 1, true",
        "0, 0, 4, true"
    })
    void aTrialOfFewCallsEndsAsTheyDid(int failed, int slow, int good, boolean closed) {
        triedAfterAnOutage();
        answer(good, QUICK);
        answer(slow, SLOW);
        fail(failed);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        clock.advanceTimeBy(TRIAL);
        assertThat(breaker.state() == State.CLOSED).isEqualTo(closed);
    }

    /** Such an instance makes a call a minute: with Stripe away it would never learn it. */
    @Test
    void aCallThatBeginsJustBeforeTheTrialEndsIsWaitedFor() {
        triedAfterAnOutage();
        clock.advanceTimeBy(TRIAL.minusSeconds(1));
        assertThat(breaker.tryAcquire()).isTrue();
        clock.advanceTimeBy(TRIAL.minusSeconds(1));
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        breaker.failed(SLOW, new IOException("gone"));
        clock.advanceTimeBy(TRIAL);
        assertThat(breaker.state()).isNotEqualTo(State.CLOSED);
    }

    /** What says nothing of Stripe does not keep it trying. */
    @Test
    void aCallThatWasNotMadeIsNoneThatDecides() {
        triedAfterAnOutage();
        for (int i = 0; i < 7; i++) {
            assertThat(breaker.tryAcquire()).isTrue();
            breaker.released();
        }
        clock.advanceTimeBy(TRIAL);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    /** The end of an earlier trial must not end a later one, whose calls are still under way. */
    @Test
    void eachTrialHasItsWholeTime() {
        triedAfterAnOutage();
        clock.advanceTimeBy(TRIAL.minusSeconds(5));
        fail(5);
        await().until(() -> breaker.state() == State.HALF_OPEN && clock.getScheduledTaskCount() > 0);
        clock.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void aCallThatWasRefusedIsNotWaitedFor() {
        triedAfterAnOutage();
        int taken = 0;
        for (int i = 0; i < 10; i++) {
            taken += breaker.tryAcquire() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(5);
        for (int i = 0; i < taken; i++) {
            breaker.released();
        }
        clock.advanceTimeBy(TRIAL);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }
}
