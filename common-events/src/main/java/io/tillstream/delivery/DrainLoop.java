package io.tillstream.delivery;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The loop of a drain: by the clock, and when something is told to be due. A round at a time, one after the other without a
 * rest while more is due; one that hangs, as the database's host is lost, is left and begun anew.
 */
public final class DrainLoop implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DrainLoop.class);

    private final String what;
    private final Duration every;
    private final Duration longest;
    private final Supplier<Mono<Boolean>> round;
    private final Sinks.Many<Boolean> hints = Sinks.many().multicast().directBestEffort();
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    /**
     * A loop that does not run yet.
     *
     * @param what waits, for the log
     * @param longest for a round: what it claimed is due again by then
     * @param round tells whether more is due
     */
    public DrainLoop(String what, Duration every, Duration longest, Supplier<Mono<Boolean>> round) {
        this.what = what;
        this.every = every;
        this.longest = longest;
        this.round = round;
    }

    /** Something is due; without effect if a round is running, as the next one comes soon. */
    public void hint() {
        var unused = hints.tryEmitNext(true); // a hint that nobody takes is no loss
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.merge(Flux.interval(Duration.ZERO, every).map(tick -> true), hints.asFlux())
                .onBackpressureDrop()
                .concatMap(tick -> rounds(), 1)
                .subscribe();
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

    private Mono<Void> rounds() {
        return Mono.defer(round)
                .timeout(longest)
                .repeat(() -> running)
                .takeUntil(more -> !more)
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("{} wait on: {}", what, fault.toString());
                    return Mono.empty();
                });
    }
}
