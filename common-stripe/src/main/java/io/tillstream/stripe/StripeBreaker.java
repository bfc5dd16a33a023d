package io.tillstream.stripe;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Lets no call through while Stripe is away. Opens on connection errors, 5xx and nonsense only: a day of declined cards is
 * not an outage. Then some calls are tried, and what came of them decides, however few they were when the trial ends. An
 * instance that is asked for nothing makes no calls that would decide: there the trial ends without them.
 */
final class StripeBreaker implements AutoCloseable {

    private static final int FAILED_PERCENT = 50;
    private static final int SLOW_PERCENT = 80;
    private static final int TRIED = 5; // enough to tell an outage from one bad call

    private final CircuitBreaker breaker;
    private final Duration trial;
    private final Scheduler clock;
    private final AtomicInteger underWay = new AtomicInteger();
    private final Disposable.Swap trialEnd = Disposables.swap();

    /**
     * @param open for how long it lets nothing through
     * @param trial how long it waits for the calls that decide, longer than one may take
     */
    StripeBreaker(MeterRegistry meters, Duration open, Duration trial, Scheduler clock) {
        this(circuit(meters, open), trial, clock);
    }

    StripeBreaker(CircuitBreaker breaker, Duration trial, Scheduler clock) {
        this.breaker = breaker;
        this.trial = trial;
        this.clock = clock;
        breaker.getEventPublisher().onStateTransition(this::moved);
    }

    static CircuitBreaker circuit(MeterRegistry meters, Duration open) {
        CircuitBreakerRegistry registry = CircuitBreakerRegistry.of(config(open));
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
        return registry.circuitBreaker("stripe");
    }

    private static CircuitBreakerConfig config(Duration open) {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(50)
                .minimumNumberOfCalls(20)
                .failureRateThreshold(FAILED_PERCENT)
                .slowCallRateThreshold(SLOW_PERCENT)
                .slowCallDurationThreshold(Duration.ofSeconds(10))
                .waitDurationInOpenState(open)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(TRIED)
                .build();
    }

    State state() {
        return breaker.getState();
    }

    /** What becomes of it and of its calls. */
    CircuitBreaker.EventPublisher events() {
        return breaker.getEventPublisher();
    }

    /** Whether a call may be made now; who may tells what came of it, by one of the three that follow. */
    boolean tryAcquire() {
        underWay.incrementAndGet();
        boolean may = breaker.tryAcquirePermission();
        if (!may) {
            underWay.decrementAndGet();
        }
        return may;
    }

    void answered(long nanos) {
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        underWay.decrementAndGet();
    }

    void failed(long nanos, Throwable fault) {
        breaker.onError(nanos, TimeUnit.NANOSECONDS, fault);
        underWay.decrementAndGet();
    }

    /** What came of it says nothing of Stripe. */
    void released() {
        breaker.releasePermission();
        underWay.decrementAndGet();
    }

    private void moved(CircuitBreakerOnStateTransitionEvent event) {
        if (event.getStateTransition().getToState() == State.HALF_OPEN) {
            endLater();
        } else {
            var unused = trialEnd.update(Disposables.disposed());
        }
    }

    private void endLater() {
        if (!trialEnd.isDisposed()) {
            var unused = trialEnd.update(clock.schedule(this::endTrial, trial.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    private void endTrial() {
        CircuitBreaker.Metrics tried = breaker.getMetrics();
        if (breaker.getState() != State.HALF_OPEN) {
            return;
        }
        int calls = tried.getNumberOfBufferedCalls();
        if (calls == 0 && underWay.get() > 0) {
            endLater(); // one that began late tells it
        } else if (reaches(tried.getNumberOfFailedCalls(), calls, FAILED_PERCENT)
                || reaches(tried.getNumberOfSlowCalls(), calls, SLOW_PERCENT)) {
            breaker.transitionToOpenState();
        } else {
            breaker.transitionToClosedState();
        }
    }

    private static boolean reaches(int part, int calls, int percent) {
        return calls > 0 && part * 100 >= calls * percent;
    }

    @Override
    public void close() {
        trialEnd.dispose();
    }
}
