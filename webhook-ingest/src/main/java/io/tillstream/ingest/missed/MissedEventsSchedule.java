package io.tillstream.ingest.missed;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Asks for missed events now and then, and when Stripe answers again. Every instance does; what two keep twice is applied once. */
final class MissedEventsSchedule implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MissedEventsSchedule.class);

    private final MissedEvents missed;
    private final Duration every;
    private final Sinks.Many<Long> hints = Sinks.many().multicast().directBestEffort();
    private volatile Disposable running = Disposables.disposed();

    MissedEventsSchedule(MissedEvents missed, Duration every) {
        this.missed = missed;
        this.every = every;
    }

    /** Stripe was away, and so perhaps were we: what it could not deliver is not left for the next period. */
    void hint() {
        var unused = hints.tryEmitNext(0L); // while it asks already, or is stopped, a hint is no loss
    }

    @Override
    public void start() {
        running = Flux.merge(Flux.interval(every), hints.asFlux())
                .onBackpressureDrop() // a slow round is not followed by a hasty one
                .concatMap(tick -> missed.catchUp().onErrorResume(this::later), 1)
                .subscribe();
    }

    private Mono<Long> later(Throwable fault) {
        LOG.warn("Missed events are asked for again in {}: {}", every, fault.toString());
        return Mono.empty();
    }

    @Override
    public void stop() {
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }
}
