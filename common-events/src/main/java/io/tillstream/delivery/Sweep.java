package io.tillstream.delivery;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks by the clock for what no event, answer or request goes on with. One round at a time: a tick in the middle of one is
 * left out. The first comes a period after the start.
 */
public abstract class Sweep implements SmartLifecycle {

    private final Duration every;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    /** A sweep that looks once {@code every} period. */
    protected Sweep(Duration every) {
        this.every = every;
    }

    /** Everything that is due. It tells its own faults: one that comes out ends the sweep. */
    protected abstract Mono<Void> round();

    @Override
    public final void start() {
        running = true;
        loop = Flux.interval(every)
                .onBackpressureDrop()
                .concatMap(tick -> round(), 1)
                .subscribe();
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
