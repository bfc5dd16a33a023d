package io.tillstream.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.stripeevents.StripeEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Tries parked events again when they are released, and by itself. */
final class ParkedEventsDrain implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ParkedEventsDrain.class);

    /** One look-up's worth; events are small and rare, more come with the next round. */
    private static final int BATCH = 50;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds
    private static final int AT_ONCE = 4; // what one event waits for, those that wait for something else do not

    private static final Duration LONGEST = Duration.ofMinutes(2); // a round: one that hangs is left

    /** As long as Kafka keeps the topic: until then an operator can still see what waits. */
    private static final Duration FORGET = Duration.ofDays(30);

    private final ParkedEvents parked;
    private final StripeEventProcessor settlement;
    private final String topic;
    private final BiConsumer<ConsumerRecord<?, ?>, Exception> deadLetters;
    private final DatabaseClient database;
    private final AtomicLong waiting;
    private final AtomicLong oldestSeconds;
    private final WakeUp claimed;
    private final DrainLoop loop;

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
        this.topic = topic;
        this.deadLetters = deadLetters;
        this.database = database;
        this.waiting = meters.gauge("tillstream_parked_events", new AtomicLong());
        this.oldestSeconds = meters.gauge("tillstream_parked_events_oldest_seconds", new AtomicLong());
        this.claimed = new WakeUp("Parked events", WakeUp.REST, () -> parked.makeClaimedDue(DUE_AT_ONCE));
        this.loop = new DrainLoop("Parked events", every, LONGEST, this::round);
    }

    /** Something was released. */
    void hint() {
        loop.hint();
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

    private Mono<Boolean> round() {
        return claimed.makeDue()
                .then(Mono.defer(() -> parked.claimDue(BATCH)))
                .flatMap(due -> (due.isEmpty() ? Mono.<Void>empty() : parked.during(due, tryAgain(due.taken())))
                        .then(parked.removeOlderThan(FORGET))
                        .then(measure())
                        .thenReturn(due.taken().size() == BATCH));
    }

    private Mono<Void> tryAgain(List<ParkedEvents.Due> due) {
        return Flux.fromIterable(byKey(due))
                .flatMap(ofOneKey -> Flux.fromIterable(ofOneKey).concatMap(this::tryAgain), AT_ONCE)
                .then();
    }

    /** What waits for one thing goes in order, that which waits longest first. */
    private static Collection<List<ParkedEvents.Due>> byKey(List<ParkedEvents.Due> due) {
        return due.stream()
                .collect(Collectors.groupingBy(ParkedEvents.Due::waitsFor, LinkedHashMap::new, Collectors.toList()))
                .values();
    }

    /** One event's fault does not keep the others waiting; none waits on that is not for us to apply. */
    private Mono<Void> tryAgain(ParkedEvents.Due due) {
        return Mono.fromCallable(() -> StripeEvent.read(due.json().getBytes(StandardCharsets.UTF_8)))
                .flatMap(settlement::settle)
                .doOnNext(outcome -> LOG.info("Parked event {}: {}", due.eventId(), outcome))
                .flatMap(outcome ->
                        outcome instanceof EventOutcome.Ignored ? parked.remove(due.eventId()) : Mono.empty())
                .onErrorResume(FaultClassifier::isPoison, fault -> dead(due, fault))
                .onErrorResume(fault -> {
                    LOG.warn("Parked event {} waits on: {}", due.eventId(), fault.toString());
                    return parked.postpone(due.eventId()).doOnError(away -> claimed.want());
                });
    }

    /** No try makes it better; it has no place on the topic any more that could be told. */
    private Mono<Void> dead(ParkedEvents.Due due, Throwable fault) {
        var record =
                new ConsumerRecord<>(topic, 0, -1L, due.eventId(), due.json().getBytes(StandardCharsets.UTF_8));
        Exception cause = fault instanceof Exception exception ? exception : new IllegalStateException(fault);
        LOG.warn("Parked event {} is a dead letter: {}", due.eventId(), fault.toString());
        return Mono.fromRunnable(() -> deadLetters.accept(record, cause))
                .subscribeOn(Schedulers.boundedElastic())
                .then(parked.remove(due.eventId()));
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
