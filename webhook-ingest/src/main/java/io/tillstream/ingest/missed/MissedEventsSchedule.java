package io.tillstream.ingest.missed;

import io.tillstream.web.rounds.Rounds;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/** Asks for missed events now and then, and when Stripe answers again. Every instance does; what two keep twice is applied once. */
final class MissedEventsSchedule implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MissedEventsSchedule.class);

    private final Duration every;
    private final Rounds rounds;

    MissedEventsSchedule(MissedEvents missed, Duration every) {
        this.every = every;
        this.rounds = new Rounds(every, every, Mono.defer(missed::catchUp).onErrorResume(this::later));
    }

    /**
     * Stripe was away, and so perhaps were we: what it could not deliver is not left for the next period. A pass that is under way
     * has its end behind it, so another follows.
     */
    void hint() {
        rounds.hint();
    }

    @Override
    public void start() {
        rounds.start();
    }

    private Mono<Long> later(Throwable fault) {
        LOG.warn("Missed events are asked for again in {}: {}", every, fault.toString());
        return Mono.empty();
    }

    @Override
    public void stop() {
        rounds.stop();
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }
}
