package io.tillstream.order.settlement;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.Orders;
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
 * Browsers that wait for an order to settle.
 *
 * <p>Whichever instance settles an order, all of them see it: each asks the database once per tick for all orders that
 * somebody waits for here, and not at all while nobody waits.
 */
@Component
class OrderStatusWatcher implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OrderStatusWatcher.class);

    /** Hardly felt by a person; four short queries a second at most. */
    private static final Duration TICK = Duration.ofMillis(250);

    /** A waiter holds a connection and a few hundred bytes; beyond this the instance has to keep room for payments. */
    private static final int MAX_WAITERS = 2_000;

    /** Of one order: more than a person has open windows. */
    private static final int MAX_WAITERS_OF_ORDER = 20;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Orders orders;
    private final Map<Long, Waiter> waiters = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private volatile Disposable loop = () -> {};
    private volatile boolean running;

    OrderStatusWatcher(Orders orders, MeterRegistry meters) {
        this.orders = orders;
        meters.gauge("tillstream_settlement_waiters", count);
    }

    private record Waiter(UUID orderId, FluxSink<Order> sink) {}

    /** The order as it is on each tick, until the subscriber goes. */
    Flux<Order> watch(UUID orderId) {
        return Flux.create(
                sink -> {
                    if (count.incrementAndGet() > MAX_WAITERS || ofOrder(orderId) >= MAX_WAITERS_OF_ORDER) {
                        count.decrementAndGet();
                        sink.error(Problem.tooManyRequests(RETRY_AFTER));
                        return;
                    }
                    long id = ids.incrementAndGet();
                    waiters.put(id, new Waiter(orderId, sink));
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

    private long ofOrder(UUID orderId) {
        return waiters.values().stream()
                .filter(waiter -> waiter.orderId().equals(orderId))
                .count();
    }

    private Mono<Void> tell() {
        List<UUID> waitedFor =
                waiters.values().stream().map(Waiter::orderId).distinct().toList();
        if (waitedFor.isEmpty()) {
            return Mono.empty();
        }
        return orders.all(waitedFor).doOnNext(this::tell).then().onErrorResume(fault -> {
            LOG.warn("Waits go on: {}", fault.toString());
            return Mono.empty();
        });
    }

    private void tell(Order order) {
        waiters.values().stream()
                .filter(waiter -> waiter.orderId().equals(order.id()))
                .forEach(waiter -> {
                    var unused = waiter.sink().next(order);
                });
    }
}
