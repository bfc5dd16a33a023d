package io.tillstream.web.settlement;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * Browsers that wait for something to settle.
 *
 * <p>Whichever instance settles it, all of them see it: each asks the database once per tick for all that somebody waits
 * for here, and not at all while nobody waits.
 *
 * @param <T> what is waited for
 */
public abstract class StatusWatcher<T> implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(StatusWatcher.class);

    /** Hardly felt by a person; four short queries a second at most. */
    private static final Duration TICK = Duration.ofMillis(250);

    /** A waiter holds a connection and a few hundred bytes; beyond this the instance has to keep room for other work. */
    private static final int MAX_WAITERS = 2_000;

    /** Of one order or subscription: more than a person has open windows. */
    private static final int MAX_WAITERS_OF_ONE = 20;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Map<Long, Waiter<T>> waiters = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private volatile Disposable loop = () -> {};
    private volatile boolean running;

    /** A watcher that shows in {@code meters} how many wait. */
    protected StatusWatcher(MeterRegistry meters) {
        meters.gauge("tillstream_settlement_waiters", count);
    }

    private record Waiter<T>(UUID id, FluxSink<T> sink) {}

    /** Those with these ids, as they are now. */
    protected abstract Flux<T> all(List<UUID> ids);

    /** Under which id somebody waits for it. */
    protected abstract UUID id(T one);

    /** How it is on each tick, until the subscriber goes; 429 where too many wait already. */
    public final Flux<T> watch(UUID id) {
        return Flux.create(
                sink -> {
                    if (count.incrementAndGet() > MAX_WAITERS || ofOne(id) >= MAX_WAITERS_OF_ONE) {
                        count.decrementAndGet();
                        sink.error(Problem.tooManyRequests(RETRY_AFTER));
                        return;
                    }
                    long place = ids.incrementAndGet();
                    waiters.put(place, new Waiter<>(id, sink));
                    var unused = sink.onDispose(() -> {
                        waiters.remove(place);
                        count.decrementAndGet();
                    });
                },
                FluxSink.OverflowStrategy.LATEST);
    }

    @Override
    public final void start() {
        running = true;
        loop = Flux.interval(TICK)
                .onBackpressureDrop()
                .concatMap(tick -> tell(), 1)
                .subscribe();
    }

    @Override
    public final void stop() {
        running = false;
        loop.dispose();
        waiters.values().forEach(waiter -> waiter.sink().complete());
    }

    @Override
    public final boolean isRunning() {
        return running;
    }

    private long ofOne(UUID id) {
        return waiters.values().stream()
                .filter(waiter -> waiter.id().equals(id))
                .count();
    }

    private Mono<Void> tell() {
        List<UUID> waitedFor =
                waiters.values().stream().map(Waiter::id).distinct().toList();
        if (waitedFor.isEmpty()) {
            return Mono.empty();
        }
        return all(waitedFor).doOnNext(this::tell).then().onErrorResume(fault -> {
            LOG.warn("Waits go on: {}", fault.toString());
            return Mono.empty();
        });
    }

    private void tell(T one) {
        waiters.values().stream().filter(waiter -> waiter.id().equals(id(one))).forEach(waiter -> {
            var unused = waiter.sink().next(one);
        });
    }
}
