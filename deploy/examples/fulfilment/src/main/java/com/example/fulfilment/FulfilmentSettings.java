package com.example.fulfilment;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings below {@code fulfilment}.
 *
 * @param topicPrefix stands before each of Tillstream's topics; may be empty
 * @param partitions of the topics that are made here
 * @param minInsyncReplicas of those topics
 * @param shipAfter how long a paid order rests, so that a refund in the first moment still stops it; and how long nothing is
 *     replayed before anything is shipped again
 * @param inboxKept longer than Kafka keeps an event, or a repeat would be taken for new
 * @param listen whether events are taken
 */
@ConfigurationProperties("fulfilment")
record FulfilmentSettings(
        String topicPrefix,
        int partitions,
        short replicationFactor,
        int minInsyncReplicas,
        Duration shipAfter,
        Duration shipEvery,
        Duration inboxKept,
        boolean listen) {}
