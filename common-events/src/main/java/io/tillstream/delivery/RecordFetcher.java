package io.tillstream.delivery;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.kafka.support.KafkaHeaders;

/** Reads single records by their place. A consumer of no group, opened for each look: that is seldom. */
final class RecordFetcher {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Map<String, Object> settings;

    RecordFetcher(Map<String, Object> settings) {
        this.settings = new HashMap<>(settings);
        this.settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        this.settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        this.settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) LONGEST.toMillis());
    }

    /**
     * Empty if Kafka does not have it any more: it is too old, or its topic was made anew since and ends before it, or has
     * another event there. Blocks.
     *
     * @param eventId of the record; empty if it has none
     */
    Optional<ConsumerRecord<String, byte[]>> read(String topic, int partition, long offset, String eventId) {
        var place = new TopicPartition(topic, partition);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(place));
            if (consumer.beginningOffsets(List.of(place)).getOrDefault(place, 0L) > offset
                    || consumer.endOffsets(List.of(place)).getOrDefault(place, Long.MAX_VALUE) <= offset) {
                return Optional.empty();
            }
            consumer.seek(place, offset);
            for (ConsumerRecord<String, byte[]> record : consumer.poll(LONGEST)) {
                boolean same = record.offset() == offset && eventId.equals(SetAsideRecords.eventId(record));
                return same ? Optional.of(asItCame(record)) : Optional.empty();
            }
        }
        throw new TransientFault("Kafka did not give the record", new IOException(place + "@" + offset));
    }

    /** A dead letter is told apart by the topic that it came on: if it fails again, it is one of the same. */
    private static ConsumerRecord<String, byte[]> asItCame(ConsumerRecord<String, byte[]> record) {
        String source = PublishedEvent.header(record, KafkaHeaders.DLT_ORIGINAL_TOPIC);
        return source == null
                ? record
                : new ConsumerRecord<>(
                        source,
                        record.partition(),
                        record.offset(),
                        record.timestamp(),
                        record.timestampType(),
                        record.serializedKeySize(),
                        record.serializedValueSize(),
                        record.key(),
                        record.value(),
                        record.headers(),
                        record.leaderEpoch());
    }
}
