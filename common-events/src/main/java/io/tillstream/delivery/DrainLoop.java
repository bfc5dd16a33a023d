package io.tillstream.delivery;

import io.tillstream.web.rounds.Rounds;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/**
 * The loop of a drain: by the clock, and when something is told to be due. A round at a time, one after the other without a
 * rest while more is due; one that hangs, as the database's host is lost, is left and begun anew.
 */
public final class DrainLoop implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DrainLoop.class);

    private final String what;
    private final Duration longest;
    private final Supplier<Mono<Boolean>> round;
    private final Rounds rounds;

    /**
     * A loop that does not run yet.
     *
     * @param what waits, for the log
     * @param longest for a round: what it claimed is due again by then
     * @param round tells whether more is due
     */
    public DrainLoop(String what, Duration every, Duration longest, Supplier<Mono<Boolean>> round) {
        this.what = what;
        this.longest = longest;
        this.round = round;
        this.rounds = new Rounds(Duration.ZERO, every, Mono.defer(this::untilNoMoreIsDue));
    }

    /** Something is due; where a round is running, which may have looked already, one more follows at once. */
    public void hint() {
        rounds.hint();
    }

    @Override
    public void start() {
        rounds.start();
    }

    @Override
    public void stop() {
        rounds.stop();
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }

    private Mono<Void> untilNoMoreIsDue() {
        return Mono.defer(round)
                .timeout(longest)
                .repeat(rounds::isRunning)
                .takeUntil(more -> !more)
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("{} wait on: {}", what, fault.toString());
                    return Mono.empty();
                });
    }
}
