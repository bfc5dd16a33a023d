package io.tillstream.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.SetAsideRecords.SetAside;
import io.tillstream.stripeevents.StripeEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Tries records that stepped aside again, of each key in order, with growing rests. While something is away one of them is tried
 * now and then; once one goes through, or it is told that Stripe is back, the others rest no longer.
 */
final class SetAsideDrain implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SetAsideDrain.class);

    /** {@link ShardLeases} tells what is due; this is for an instance that holds no shard, while the one that does is frozen. */
    private static final Duration POLL = Duration.ofSeconds(30);

    private static final Duration LONGEST = Duration.ofMinutes(2); // a round: one that hangs is left

    private static final int BATCH = 20; // keys; more come with the next round, which follows at once
    private static final int AT_ONCE = 4; // keys do not wait for each other
    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final SetAsideRecords records;
    private final RecordFetcher reader;
    private final StripeEventProcessor settlement;
    private final @Nullable DomainEventProcessor domainEvents;
    private final BiConsumer<ConsumerRecord<?, ?>, Exception> deadLetters;
    private final AtomicLong waiting;
    private final AtomicLong oldestSeconds;
    private final Counter lost;
    private final WakeUp all;
    private final WakeUp one;
    private final AtomicBoolean failing = new AtomicBoolean();
    private final DrainLoop loop;

    SetAsideDrain(
            SetAsideRecords records,
            RecordFetcher reader,
            StripeEventProcessor settlement,
            @Nullable DomainEventProcessor domainEvents,
            BiConsumer<ConsumerRecord<?, ?>, Exception> deadLetters,
            MeterRegistry meters) {
        this.records = records;
        this.reader = reader;
        this.settlement = settlement;
        this.domainEvents = domainEvents;
        this.deadLetters = deadLetters;
        this.waiting = meters.gauge("tillstream_set_aside_records", new AtomicLong());
        this.oldestSeconds = meters.gauge("tillstream_set_aside_records_oldest_seconds", new AtomicLong());
        this.lost = Counter.builder("tillstream_set_aside_records_lost")
                .description("Records that stepped aside and are not on Kafka any more: what they said is not applied")
                .register(meters);
        this.all = new WakeUp("Set-aside records", WakeUp.REST, () -> records.makeDue(DUE_AT_ONCE));
        this.one =
                new WakeUp("A set-aside record", POLL, () -> records.makeDue(1).thenReturn(0L));
        this.loop = new DrainLoop("Set-aside records", POLL, LONGEST, this::round);
    }

    /** Something is due. */
    void hint() {
        loop.hint();
    }

    /** What was away answers again: all are due. */
    void wake() {
        all.want();
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

    /** The record behind the one that went is due at once: more is due until nothing was. */
    private Mono<Boolean> round() {
        return all.makeDue()
                .then(Mono.defer(() -> failing.get() ? one.makeDue() : Mono.empty()))
                .then(Mono.defer(() -> records.claimDue(BATCH)))
                .flatMap(due -> due.isEmpty()
                        ? measure().thenReturn(false)
                        : records.during(due, tryAgain(due.taken())).thenReturn(true));
    }

    private Mono<Void> measure() {
        return records.waiting()
                .doOnNext(now -> {
                    waiting.set(now.count());
                    oldestSeconds.set(now.oldestSeconds());
                })
                .then();
    }

    private Mono<Void> tryAgain(List<SetAside> due) {
        return Flux.fromIterable(due).flatMap(this::tryAgain, AT_ONCE).then();
    }

    private Mono<Void> tryAgain(SetAside aside) {
        return Mono.fromCallable(() -> reader.read(aside.topic(), aside.partition(), aside.offset(), aside.eventId()))
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorMap(fault -> new TransientFault("Kafka did not give the record", fault))
                .flatMap(found -> found.isPresent() ? settle(aside, found.get()) : lost(aside))
                .onErrorResume(fault -> later(aside, fault));
    }

    private Mono<Void> settle(SetAside aside, ConsumerRecord<String, byte[]> record) {
        Mono<?> settled = domainEvents != null && domainEvents.follows(record)
                ? domainEvents.settle(record, null)
                : Mono.fromCallable(() -> StripeEvent.read(record.value())).flatMap(event -> settlement
                        .settle(event)
                        .doOnNext(outcome -> LOG.info("Set-aside event {} {}: {}", event.id(), event.type(), outcome)));
        return settled.then(records.remove(aside))
                .then(Mono.<Void>fromRunnable(this::wentThrough))
                .onErrorResume(
                        fault -> FaultClassifier.isPoison(fault)
                                || (!FaultClassifier.passes(fault)
                                        && aside.unknownTries() + 1 >= RecordErrorHandler.TRIES_OF_UNKNOWN),
                        fault -> dead(aside, record, fault));
    }

    private void wentThrough() {
        if (failing.getAndSet(false)) {
            all.want();
        }
    }

    private Mono<Void> dead(SetAside aside, ConsumerRecord<String, byte[]> record, Throwable fault) {
        Exception cause = fault instanceof Exception exception ? exception : new IllegalStateException(fault);
        return Mono.fromRunnable(() -> deadLetters.accept(record, cause))
                .subscribeOn(Schedulers.boundedElastic())
                .then(records.remove(aside));
    }

    /** Its key goes on; Stripe is compared with what is here by the sweeps. */
    private Mono<Void> lost(SetAside aside) {
        lost.increment();
        LOG.error(
                "Set-aside record {}-{}@{}, event {}, is not on Kafka any more and is given up",
                aside.topic(),
                aside.partition(),
                aside.offset(),
                aside.eventId());
        return records.remove(aside);
    }

    private Mono<Void> later(SetAside aside, Throwable fault) {
        boolean passes = FaultClassifier.passes(fault);
        if (passes) {
            failing.set(true);
            one.want();
        }
        LOG.warn(
                "Set-aside record {}-{}@{} waits on: {}",
                aside.topic(),
                aside.partition(),
                aside.offset(),
                fault.toString());
        return records.later(aside, fault.toString(), passes);
    }
}
