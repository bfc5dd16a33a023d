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

    /** Milliseconds between tries while something is away: 0.5 s, doubled up to 10 s. */
    private static final long FIRST_WAIT = 500;

    private static final long LONGEST_WAIT = 10_000;

    /** A defect may be a race: a few tries more cost little, then the others behind it have waited long enough. */
    private static final int TRIES_OF_UNKNOWN = 4;

    private DeadLetters() {}

    static String topic(String source, String group) {
        return source + "." + group + ".dlt";
    }

    static DefaultErrorHandler handler(KafkaTemplate<String, byte[]> kafka, String group) {
        var recoverer = new DeadLetterPublishingRecoverer(
                kafka, (record, fault) -> new TopicPartition(topic(record.topic(), group), record.partition()));
        recoverer.setFailIfSendResultIsError(true); // an unsent dead letter is tried again, never dropped
        var handler = new DefaultErrorHandler(recoverer, unknown());
        handler.setBackOffFunction((record, fault) -> backOff(fault));
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

    private static BackOff backOff(@Nullable Exception fault) {
        if (fault == null) {
            return unknown();
        }
        if (Faults.isPoison(fault)) {
            return new FixedBackOff(0, 0);
        }
        return Faults.passes(fault) ? endless() : unknown();
    }

    private static BackOff endless() {
        var waits = new ExponentialBackOff(FIRST_WAIT, 2);
        waits.setMaxInterval(LONGEST_WAIT);
        return waits;
    }

    private static BackOff unknown() {
        var waits = new ExponentialBackOff(FIRST_WAIT, 2);
        waits.setMaxInterval(LONGEST_WAIT);
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
