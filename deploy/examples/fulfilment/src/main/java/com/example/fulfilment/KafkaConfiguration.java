package com.example.fulfilment;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;

/** Topics of this system's own, and what becomes of a record that fails. */
@Configuration(proxyBeanMethods = false)
class KafkaConfiguration {

    static final String DEAD_LETTERS = "fulfilment.dlt";

    private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);
    private static final Duration REPLAYED_KEPT = Duration.ofDays(7);
    private static final int LARGEST = 3 * 1024 * 1024; // bytes of a record, as on Tillstream's topics
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(10); // so late is it noticed that an outage is over
    private static final int TRIES_OF_UNKNOWN = 3;

    /** The topic of replays has the name and size that Tillstream would give it: whoever comes first makes it. */
    @Bean
    KafkaAdmin.NewTopics topics(FulfilmentSettings settings) {
        return new KafkaAdmin.NewTopics(
                topic(DEAD_LETTERS, DEAD_LETTERS_KEPT, settings), topic(replays(settings), REPLAYED_KEPT, settings));
    }

    static String replays(FulfilmentSettings settings) {
        return settings.topicPrefix() + "replay.fulfilment";
    }

    @Bean
    @Profile("!dead-letters")
    Admin admin(KafkaAdmin configured) {
        return Admin.create(configured.getConfigurationProperties());
    }

    private static NewTopic topic(String name, Duration kept, FulfilmentSettings settings) {
        return TopicBuilder.name(name)
                .partitions(settings.partitions())
                .replicas(settings.replicationFactor())
                .configs(Map.of(
                        "retention.ms", Long.toString(kept.toMillis()),
                        "min.insync.replicas", Integer.toString(settings.minInsyncReplicas()),
                        "max.message.bytes", Integer.toString(LARGEST)))
                .build();
    }

    /**
     * What nobody can read goes to the dead letters at once. While the database is away the partition waits, for as long as it
     * takes: to go on would be to lose. All else has a few tries, so that one record never holds up the others.
     */
    @Bean
    CommonErrorHandler errors(KafkaTemplate<String, byte[]> kafka) {
        var recoverer = new DeadLetterPublishingRecoverer(
                kafka, (record, fault) -> new TopicPartition(DEAD_LETTERS, -1)); // by its key
        recoverer.setFailIfSendResultIsError(true); // not there, it is not done with
        var errors = new DefaultErrorHandler(recoverer, unknown());
        errors.addNotRetryableExceptions(UnreadableEvent.class);
        errors.setBackOffFunction((record, fault) -> passes(fault) ? growing() : null); // null: as for all others
        return errors;
    }

    /** What fails again later is no fault of the record: a database that is away, locked or slow. */
    private static boolean passes(@Nullable Throwable fault) {
        for (@Nullable Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransactionException
                    || cause instanceof TransientDataAccessException
                    || cause instanceof RecoverableDataAccessException
                    || cause
                            instanceof
                            NonTransientDataAccessResourceException) { // a connection that is gone is one of them
                return true;
            }
        }
        return false;
    }

    private static BackOff growing() {
        var rests = new ExponentialBackOff(FIRST.toMillis(), 2);
        rests.setMaxInterval(LONGEST.toMillis());
        return rests;
    }

    private static BackOff unknown() {
        var rests = new ExponentialBackOff(FIRST.toMillis(), 2);
        rests.setMaxAttempts(TRIES_OF_UNKNOWN - 1);
        return rests;
    }
}
