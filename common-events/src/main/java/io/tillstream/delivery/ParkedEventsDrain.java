package io.tillstream.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.stripeevents.StripeEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Tries parked events again when they are released, and by itself. */
final class ParkedEventsDrain implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ParkedEventsDrain.class);

    /** One look-up's worth; events are small and rare, more come with the next round. */
    private static final int BATCH = 50;

    /** As long as Kafka keeps the topic: until then an operator can still see what waits. */
    private static final Duration FORGET = Duration.ofDays(30);

    private final ParkedEvents parked;
    private final StripeEventProcessor settlement;
    private final Duration every;
    private final String topic;
    private final BiConsumer<ConsumerRecord<?, ?>, Exception> deadLetters;
    private final DatabaseClient database;
    private final Sinks.Many<Boolean> hints = Sinks.many().multicast().directBestEffort();
    private final AtomicLong waiting;
    private final AtomicLong oldestSeconds;
    private volatile boolean running;
    private Disposable loop = () -> {};

    ParkedEventsDrain(
            ParkedEvents parked,
            StripeEventProcessor settlement,
            Duration every,
            String topic,
            BiConsumer<ConsumerRecord<?, ?>, Exception> deadLetters,
            DatabaseClient database,
            MeterRegistry meters) {
        this.parked = parked;
        this.settlement = settlement;
        this.every = every;
        this.topic = topic;
        this.deadLetters = deadLetters;
        this.database = database;
        this.waiting = meters.gauge("tillstream_parked_events", new AtomicLong());
        this.oldestSeconds = meters.gauge("tillstream_parked_events_oldest_seconds", new AtomicLong());
    }

    /** Something was released; without effect if a round is running, as the next one comes soon. */
    void hint() {
        var unused = hints.tryEmitNext(true); // a hint that nobody takes is no loss
    }

    @Override
    public void start() {
        running = true;
        loop = Flux.merge(Flux.interval(every).map(tick -> true), hints.asFlux())
                .onBackpressureDrop()
                .concatMap(
                        tick -> round().onErrorResume(fault -> {
                            LOG.warn("Parked events wait on: {}", fault.toString());
                            return Mono.empty();
                        }),
                        1)
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

    private Mono<Void> round() {
        return parked.due(BATCH)
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .concatMap(this::tryAgain)
                .then(parked.removeOlderThan(FORGET))
                .then(measure());
    }

    /** One event's fault does not keep the others waiting. */
    private Mono<Void> tryAgain(byte[] payload) {
        StripeEvent event = StripeEvent.read(payload);
        return settlement
                .settle(event)
                .doOnNext(outcome -> LOG.info("Parked event {} {}: {}", event.id(), event.type(), outcome))
                .then()
                .onErrorResume(FaultClassifier::isPoison, fault -> dead(event, payload, fault))
                .onErrorResume(fault -> {
                    LOG.warn("Parked event {} waits on: {}", event.id(), fault.toString());
                    return parked.postpone(event);
                });
    }

    /** No try makes it better; it has no place on the topic any more that could be told. */
    private Mono<Void> dead(StripeEvent event, byte[] payload, Throwable fault) {
        var record = new ConsumerRecord<>(topic, 0, -1L, event.id(), payload);
        Exception cause = fault instanceof Exception exception ? exception : new IllegalStateException(fault);
        LOG.warn("Parked event {} is a dead letter: {}", event.id(), fault.toString());
        return Mono.fromRunnable(() -> deadLetters.accept(record, cause))
                .subscribeOn(Schedulers.boundedElastic())
                .then(parked.remove(event));
    }

    private Mono<Void> measure() {
        return database.sql(
                        "select count(*) as n, coalesce(extract(epoch from now() - min(parked_at)), 0)::bigint as age from parked_events")
                .map(row -> {
                    waiting.set(row.get("n", Long.class));
                    oldestSeconds.set(row.get("age", Long.class));
                    return true;
                })
                .one()
                .then();
    }
}
