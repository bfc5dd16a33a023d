package io.tillstream.delivery.replay;

import io.tillstream.delivery.DrainLoop;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Sends what was asked for again: claims a replay, sends its next page in order per aggregate, notes how far it is, and looks for
 * the next, so that several go on side by side. A process may end between any two: the lease runs out, and another instance sends
 * the page once more, with the same ids. The topics that all others read, and the outbox's own relay, have no part in it.
 */
final class EventReplayRelay implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EventReplayRelay.class);

    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

    /** Within the lease, so that it is told what a page waits on: a topic that cannot be made is waited for longer. */
    private static final Duration PAGE_TAKES = EventReplays.LEASE.minusSeconds(1);

    private static final int WHY = 300; // characters

    private final EventReplays replays;
    private final EventHistory history;
    private final ReplayTopics topics;
    private final DrainLoop loop;

    EventReplayRelay(EventReplays replays, EventHistory history, ReplayTopics topics, EventReplaySettings settings) {
        this.replays = replays;
        this.history = history;
        this.topics = topics;
        this.loop = new DrainLoop("Event replays", settings.every(), EventReplays.LEASE, this::round);
    }

    /** One was asked for. */
    void hint() {
        loop.hint();
    }

    private Mono<Boolean> round() {
        long endsAt = System.nanoTime() + EventReplays.LEASE.toNanos(); // ours is over before the table's
        return replays.claim()
                .flatMap(replay -> page(replay, endsAt)
                        .timeout(PAGE_TAKES)
                        .onErrorResume(fault -> later(replay, fault))
                        .thenReturn(true))
                .defaultIfEmpty(false);
    }

    private Mono<Void> page(EventReplay replay, long endsAt) {
        return history.next(replay)
                .flatMap(page -> Mono.fromCallable(() -> page.first(topics.send(replay, page.rows(), endsAt)))
                        .subscribeOn(Schedulers.boundedElastic()))
                .flatMap(sent -> replays.advance(
                                replay, sent.position(), sent.rows().size())
                        .doOnSuccess(done -> LOG.info(
                                "Replay {} for {}: {} more, up to {} of {}",
                                replay.id(),
                                replay.consumer(),
                                sent.rows().size(),
                                sent.position(),
                                replay.last())));
    }

    private Mono<Void> later(EventReplay replay, Throwable fault) {
        LOG.warn("Replay {} for {} waits on: {}", replay.id(), replay.consumer(), fault.toString());
        String why = fault.toString();
        return replays.later(replay, why.length() <= WHY ? why : why.substring(0, WHY), AFTER_FAULT);
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
