package io.tillstream.ingest.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.tillstream.ingest.IngestSettings;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.kafka.core.KafkaTemplate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/** Keeps events on {@code stripe.events}; what it confirmed is on all in-sync replicas. */
public final class StripeEventPublisher implements AutoCloseable {

    static final String NAME = "stripe.events";

    private static final Logger LOG = LoggerFactory.getLogger(StripeEventPublisher.class);
    private static final Duration COME_BACK = Duration.ofSeconds(10);

    /** {@code send()} blocks its thread up to 2 s while Kafka is away; the event loops must never wait with it. */
    private static final int THREADS = 16;

    private static final int WAITING = 256; // at 1 MiB each the memory that may wait; more is answered 503 at once

    private final KafkaTemplate<String, byte[]> kafka;
    private final Scheduler threads = Schedulers.newBoundedElastic(THREADS, WAITING, "kafka-send");
    private final String name;
    private final Duration keepWithin;
    private final Counter failures;

    public StripeEventPublisher(KafkaTemplate<String, byte[]> kafka, IngestSettings settings, MeterRegistry meters) {
        this.kafka = kafka;
        this.name = settings.prefix() + NAME;
        this.keepWithin = settings.keepWithin();
        this.failures = Counter.builder("tillstream.webhook.kafka.failures")
                .description("Events that Kafka did not confirm in time; Stripe sends them again")
                .register(meters);
    }

    /** Completes when the event is safe; fails with {@link Problem} 503 if it may not be. */
    public Mono<Void> keep(VerifiedEvent event, byte[] bytes) {
        return Mono.deferContextual(context -> Mono.fromCallable(() -> send(event.toRecord(name, bytes), context)))
                .subscribeOn(threads)
                .flatMap(Mono::fromFuture)
                .timeout(keepWithin)
                .flatMap(outcome -> outcome.fault() == null ? Mono.<Void>empty() : Mono.error(outcome.fault()))
                .onErrorMap(e -> notKept(event, e))
                .doOnCancel(
                        () -> LOG.info("Event {}: cut off before Kafka answered; Stripe sends it again", event.id()));
    }

    /** A value in either case: a fault of a delivery that was cut off meanwhile would be dropped, with a stack trace in the log. */
    private record Outcome(@Nullable Throwable fault) {}

    /** The request is the parent of what is sent: its trace goes on in the record. */
    private CompletableFuture<Outcome> send(ProducerRecord<String, byte[]> event, ContextView context) {
        Observation request = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
        try {
            return (request == null ? kafka.send(event) : request.scoped(() -> kafka.send(event)))
                    .handle((sent, fault) -> new Outcome(fault));
        } catch (RuntimeException fault) { // of a thread that waited as its delivery was cut off, for one
            return CompletableFuture.completedFuture(new Outcome(fault));
        }
    }

    private Problem notKept(VerifiedEvent event, Throwable cause) {
        failures.increment();
        LOG.warn(
                "Event {} is not kept: {}",
                event.id(),
                NestedExceptionUtils.getMostSpecificCause(cause).toString());
        return Problem.unavailable("The event could not be kept; send it again.", COME_BACK)
                .causedBy(cause);
    }

    @Override
    public void close() {
        threads.dispose();
    }
}
