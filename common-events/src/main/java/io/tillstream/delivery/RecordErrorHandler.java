package io.tillstream.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/**
 * What becomes of a record that could not be applied. After a few tries, one whose fault passes steps aside for its key
 * and is tried again for as long as it takes, while the rest of the partition goes on; where not even that can be
 * written, as the database is away, the partition waits. A record that is poison, or fails for an unknown reason again
 * and again, goes to the consumer's dead-letter topic with its cause in headers.
 */
final class RecordErrorHandler {

    private static final Logger LOG = LoggerFactory.getLogger(RecordErrorHandler.class);

    /** A defect may be a race: a few tries more cost little, then the others behind it have waited long enough. */
    static final int TRIES_OF_UNKNOWN = 4;

    private RecordErrorHandler() {}

    static String topic(String source, String group) {
        return source + "." + group + ".dlt";
    }

    static DeadLetterPublishingRecoverer publisher(
            KafkaTemplate<String, byte[]> kafka, String group, MeterRegistry meters) {
        Counter sent = Counter.builder("tillstream.dead.letters")
                .description("Records that could not be applied and went to the dead-letter topic")
                .register(meters);
        var publisher =
                new DeadLetterPublishingRecoverer(
                        kafka,
                        (record, fault) -> new TopicPartition(topic(record.topic(), group), record.partition())) {
                    @Override
                    protected void publish(
                            ProducerRecord<Object, Object> letter,
                            KafkaOperations<Object, Object> through,
                            ConsumerRecord<?, ?> record) {
                        super.publish(letter, through, record);
                        sent.increment();
                    }
                };
        publisher.setFailIfSendResultIsError(true); // an unsent dead letter is tried again, never dropped
        return publisher;
    }

    static DefaultErrorHandler handler(
            DeadLetterPublishingRecoverer publisher,
            BiConsumer<ConsumerRecord<?, ?>, String> stepAside,
            DeliverySettings settings) {
        var handler = new DefaultErrorHandler(
                (record, fault) -> {
                    if (FaultClassifier.passes(fault)) {
                        stepAside.accept(record, String.valueOf(rootCause(fault)));
                    } else {
                        publisher.accept(record, fault);
                    }
                },
                unknown(settings));
        handler.setBackOffFunction((record, fault) -> backOff(fault, settings));
        handler.setSeekAfterError(false);
        handler.setRetryListeners((record, fault, attempt) -> LOG.warn(
                "Record {}-{}@{} not applied, attempt {}: {}",
                record.topic(),
                record.partition(),
                record.offset(),
                attempt,
                String.valueOf(rootCause(fault))));
        return handler;
    }

    private static BackOff backOff(@Nullable Exception fault, DeliverySettings settings) {
        if (fault == null) {
            return unknown(settings);
        }
        if (FaultClassifier.isPoison(fault)) {
            return new FixedBackOff(0, 0);
        }
        return FaultClassifier.passes(fault) ? passing(settings) : unknown(settings);
    }

    private static ExponentialBackOff passing(DeliverySettings settings) {
        ExponentialBackOff waits = growing(settings);
        waits.setMaxAttempts(settings.tries() - 1); // the first try was one
        return waits;
    }

    private static ExponentialBackOff growing(DeliverySettings settings) {
        var waits = new ExponentialBackOff(settings.retryFirst().toMillis(), 2);
        waits.setMaxInterval(settings.retryLongest().toMillis());
        return waits;
    }

    private static BackOff unknown(DeliverySettings settings) {
        ExponentialBackOff waits = growing(settings);
        waits.setMaxAttempts(TRIES_OF_UNKNOWN);
        return waits;
    }

    private static @Nullable Throwable rootCause(@Nullable Throwable fault) {
        @Nullable Throwable cause = fault;
        while (cause != null && cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause;
    }
}
