package io.tillstream.subscription.settlement;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
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
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * Browsers that wait for a subscription to begin.
 *
 * <p>Whichever instance settles a subscription, all of them see it: each asks the database once per tick for all that
 * somebody waits for here, and not at all while nobody waits.
 */
@Component
class SubscriptionStatusWatcher implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionStatusWatcher.class);

    /** Hardly felt by a person; four short queries a second at most. */
    private static final Duration TICK = Duration.ofMillis(250);

    /** A waiter holds a connection and a few hundred bytes; beyond this the instance has to keep room for starts. */
    private static final int MAX_WAITERS = 2_000;

    /** Of one subscription: more than a person has open windows. */
    private static final int MAX_WAITERS_OF_ONE = 20;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Subscriptions subscriptions;
    private final Map<Long, Waiter> waiters = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private volatile Disposable loop = () -> {};
    private volatile boolean running;

    SubscriptionStatusWatcher(Subscriptions subscriptions, MeterRegistry meters) {
        this.subscriptions = subscriptions;
        meters.gauge("tillstream_settlement_waiters", count);
    }

    private record Waiter(UUID subscriptionId, FluxSink<Subscription> sink) {}

    /** The subscription as it is on each tick, until the subscriber goes. */
    Flux<Subscription> watch(UUID subscriptionId) {
        return Flux.create(
                sink -> {
                    if (count.incrementAndGet() > MAX_WAITERS || ofOne(subscriptionId) >= MAX_WAITERS_OF_ONE) {
                        count.decrementAndGet();
                        sink.error(Problem.tooManyRequests(RETRY_AFTER));
                        return;
                    }
                    long id = ids.incrementAndGet();
                    waiters.put(id, new Waiter(subscriptionId, sink));
                    var unused = sink.onDispose(() -> {
                        waiters.remove(id);
                        count.decrementAndGet();
                    });
                },
                FluxSink.OverflowStrategy.LATEST);
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.interval(TICK)
                .onBackpressureDrop()
                .concatMap(tick -> tell(), 1)
                .subscribe();
    }

    @Override
    public void stop() {
        running = false;
        loop.dispose();
        waiters.values().forEach(waiter -> waiter.sink().complete());
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private long ofOne(UUID subscriptionId) {
        return waiters.values().stream()
                .filter(waiter -> waiter.subscriptionId().equals(subscriptionId))
                .count();
    }

    private Mono<Void> tell() {
        List<UUID> waitedFor =
                waiters.values().stream().map(Waiter::subscriptionId).distinct().toList();
        if (waitedFor.isEmpty()) {
            return Mono.empty();
        }
        return subscriptions.all(waitedFor).doOnNext(this::tell).then().onErrorResume(fault -> {
            LOG.warn("Waits go on: {}", fault.toString());
            return Mono.empty();
        });
    }

    private void tell(Subscription subscription) {
        waiters.values().stream()
                .filter(waiter -> waiter.subscriptionId().equals(subscription.id()))
                .forEach(waiter -> {
                    var unused = waiter.sink().next(subscription);
                });
    }
}
