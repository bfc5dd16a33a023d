package io.tillstream.web.rounds;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Work in rounds, one at a time: by the clock, and when a hint tells that something is due. A tick in the middle of a round is
 * left out. A hint is not: what it tells of may have come after the round has looked, so one more follows at once, however many
 * hints came.
 */
public final class Rounds {

    private final Duration first;
    private final Duration every;
    private final Mono<?> round;
    private volatile @Nullable FluxSink<Boolean> begin;
    private volatile boolean running;
    private Disposable loop = Disposables.disposed();

    /**
     * Rounds that have not begun.
     *
     * @param first from the start to the first tick
     * @param every from one tick to the next
     * @param round must not fail: that would be the last
     */
    public Rounds(Duration first, Duration every, Mono<?> round) {
        this.first = first;
        this.every = every;
        this.round = round;
    }

    /** Something is due. It returns at once, whatever a round does; where nothing is started it has no effect. */
    public void hint() {
        FluxSink<Boolean> now = begin;
        if (now != null) {
            tell(now);
        }
    }

    private static void tell(FluxSink<Boolean> rounds) {
        var unused = rounds.next(true);
    }

    /** Ticks from now on. */
    public void start() {
        running = true;
        loop = Flux.<Boolean>create(this::listen, FluxSink.OverflowStrategy.LATEST)
                .concatMap(
                        due -> round.subscribeOn(Schedulers.parallel()), 0) // none is fetched before the last is over
                .subscribe();
    }

    private void listen(FluxSink<Boolean> sink) {
        Disposable clock = Flux.interval(first, every)
                .onBackpressureDrop()
                .filter(tick -> sink.requestedFromDownstream() > 0) // no round is under way
                .doOnNext(tick -> tell(sink))
                .subscribe();
        var unused = sink.onDispose(clock);
        begin = sink;
    }

    /** Ends the round that is under way, and all. */
    public void stop() {
        running = false;
        begin = null;
        loop.dispose();
    }

    public boolean isRunning() {
        return running;
    }
}
