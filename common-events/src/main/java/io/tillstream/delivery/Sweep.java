package io.tillstream.delivery;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks by the clock for what no event, answer or request goes on with. One round at a time: a tick in the middle of one is
 * left out. The first comes a period after the start. A round that hangs is left, and the next one begun: what it had taken is
 * due again.
 */
public abstract class Sweep implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** Each statement and each call has its own limit, far below; a round without an end would end the sweep. */
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final Duration every;
    private final Duration longest;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    /** A sweep that looks once {@code every} period. */
    protected Sweep(Duration every) {
        this(every, LONGEST);
    }

    Sweep(Duration every, Duration longest) {
        this.every = every;
        this.longest = longest;
    }

    /** Everything that is due. */
    protected abstract Mono<Void> round();

    @Override
    public final void start() {
        running = true;
        loop = Flux.interval(every)
                .onBackpressureDrop()
                .concatMap(tick -> bounded(), 1)
                .subscribe();
    }

    private Mono<Void> bounded() {
        return Mono.defer(this::round).timeout(longest).onErrorResume(fault -> {
            LOG.warn("{} did not end its round: {}", getClass().getSimpleName(), fault.toString());
            return Mono.empty();
        });
    }

    @Override
    public final void stop() {
        running = false;
        loop.dispose();
    }

    @Override
    public final boolean isRunning() {
        return running;
    }
}
