package io.tillstream.ingest.missed;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asks for missed events now and then. Every instance does; what two keep twice is applied once. */
final class MissedEventsSchedule implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MissedEventsSchedule.class);

    private final MissedEvents missed;
    private final Duration every;
    private volatile Disposable running = Disposables.disposed();

    MissedEventsSchedule(MissedEvents missed, Duration every) {
        this.missed = missed;
        this.every = every;
    }

    @Override
    public void start() {
        running = Flux.interval(every)
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
