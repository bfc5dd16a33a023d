package io.tillstream.delivery;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/**
 * What becomes of a record that could not be applied. A fault that passes is waited for, for as long as it takes, and
 * the partition keeps its order. A record that is poison, or fails for an unknown reason again and again, goes to the
 * consumer's dead-letter topic with its cause in headers.
 */
final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    /** A defect may be a race: a few tries more cost little, then the others behind it have waited long enough. */
    private static final int TRIES_OF_UNKNOWN = 4;

    private DeadLetters() {}

    static String topic(String source, String group) {
        return source + "." + group + ".dlt";
    }

    static DefaultErrorHandler handler(KafkaTemplate<String, byte[]> kafka, DeliverySettings settings) {
        var recoverer = new DeadLetterPublishingRecoverer(
                kafka,
                (record, fault) -> new TopicPartition(topic(record.topic(), settings.group()), record.partition()));
        recoverer.setFailIfSendResultIsError(true); // an unsent dead letter is tried again, never dropped
        var handler = new DefaultErrorHandler(recoverer, unknown(settings));
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
        if (Faults.isPoison(fault)) {
            return new FixedBackOff(0, 0);
        }
        return Faults.passes(fault) ? endless(settings) : unknown(settings);
    }

    private static ExponentialBackOff endless(DeliverySettings settings) {
        var waits = new ExponentialBackOff(settings.retryFirst().toMillis(), 2);
        waits.setMaxInterval(settings.retryLongest().toMillis());
        return waits;
    }

    private static BackOff unknown(DeliverySettings settings) {
        ExponentialBackOff waits = endless(settings);
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
