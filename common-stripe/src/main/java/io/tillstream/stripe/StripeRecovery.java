package io.tillstream.stripe;

import com.stripe.param.EventListParams;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tells this instance when Stripe answers again: what waits for that is due then, however long its next rest is. It goes by the
 * calls and the breaker of this instance alone. After a call that failed it asks Stripe for a trifle now and then, until that is
 * answered: so an instance that has nothing else to ask notices as well, and a breaker that tries has its calls.
 */
public final class StripeRecovery implements SmartLifecycle {

    private static final int PROBES_OF_A_TRY = 5; // as many calls as a breaker that tries waits for

    private final StripeBreaker breaker;
    private final Supplier<Mono<?>> probe;
    private final Duration every;
    private final List<Runnable> hints = new CopyOnWriteArrayList<>();
    private final AtomicLong failures = new AtomicLong();
    private volatile long failuresThatPassed;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    /**
     * Listens from now on, and probes once it is started.
     *
     * @param probe a call through the breaker that changes nothing
     * @param every how often it is made while Stripe is away
     */
    StripeRecovery(StripeBreaker breaker, Supplier<Mono<?>> probe, Duration every) {
        this.breaker = breaker;
        this.probe = probe;
        this.every = every;
        breaker.events()
                .onError(call -> failed(call.getThrowable()))
                .onCallNotPermitted(call -> failures.incrementAndGet())
                .onStateTransition(move -> moved(move.getStateTransition().getToState()));
    }

    /** One event: every key that reads anything of Stripe for us may read these. */
    static Mono<?> ask(StripeCalls calls) {
        return calls.read("events.probe", (client, options) -> client.v1()
                .events()
                .list(EventListParams.builder().setLimit(1L).build(), options));
    }

    /** Runs {@code hint} whenever Stripe answers again; it must not take long, nor fail. */
    public void whenItAnswersAgain(Runnable hint) {
        hints.add(hint);
    }

    /** Whether a call failed since a probe was answered. */
    boolean isAway() {
        return failures.get() > failuresThatPassed;
    }

    /** What Stripe keeps for a key is an answer all the same. */
    private void failed(Throwable fault) {
        if (!StripeErrors.isReplayed(fault)) {
            failures.incrementAndGet();
        }
    }

    /** Before it closes, what is due would not get through. */
    private void moved(State now) {
        if (now == State.CLOSED) {
            tell();
        }
    }

    private void tell() {
        hints.forEach(Runnable::run);
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.interval(every)
                .onBackpressureDrop()
                .concatMap(tick -> probe(), 1)
                .subscribe();
    }

    private Mono<Void> probe() {
        return switch (breaker.state()) {
            case HALF_OPEN -> probes();
            case CLOSED -> isAway() ? probe(failures.get()) : Mono.empty();
            case OPEN, FORCED_OPEN, DISABLED, METRICS_ONLY -> Mono.empty();
        };
    }

    /** Calls of others that come first decide as well: what is too much for a breaker that tries is not even sent. */
    private Mono<Void> probes() {
        return Flux.range(0, PROBES_OF_A_TRY)
                .flatMap(call -> Mono.defer(probe).onErrorComplete(), PROBES_OF_A_TRY)
                .then();
    }

    /** A no is an answer too. Where another call fails meanwhile, the next probe is to tell. */
    private Mono<Void> probe(long failed) {
        return Mono.defer(probe).onErrorComplete().then(Mono.fromRunnable(() -> {
            if (failures.get() == failed) {
                failuresThatPassed = failed;
                tell();
            }
        }));
    }

    @Override
    public void stop() {
        running = false;
        loop.dispose();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
