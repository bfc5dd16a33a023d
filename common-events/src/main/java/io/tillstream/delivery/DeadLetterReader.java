package io.tillstream.delivery;

import io.tillstream.delivery.SetAsideRecords.RecordPlace;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.UnreadableEvent;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaHeaders;

/** Reads the newest records of dead-letter topics. A consumer of no group, opened for each look: that is seldom. */
final class DeadLetterReader {

    /** Of each partition; who has more has one cause many times. */
    static final int MOST = 200;

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration COME_BACK = Duration.ofSeconds(10);
    private static final int CAUSE = 500; // characters

    private final Map<String, Object> settings;

    DeadLetterReader(Map<String, Object> settings) {
        this.settings = new HashMap<>(settings);
        this.settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.settings.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) LONGEST.toMillis());
    }

    /** A dead letter without its body, which is not for anybody's eyes. */
    record Letter(RecordPlace place, String type, String cause, Instant at) {}

    /**
     * The newest of these topics, the newest first. Blocks.
     *
     * @throws Problem 503 while Kafka is away
     */
    List<Letter> newest(List<String> topics) {
        try {
            return newestOnKafka(topics);
        } catch (KafkaException away) {
            throw Problem.unavailable("The dead letters cannot be read now.", COME_BACK)
                    .causedBy(away);
        }
    }

    private List<Letter> newestOnKafka(List<String> topics) {
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> places = topics.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(part -> new TopicPartition(part.topic(), part.partition()))
                    .toList();
            consumer.assign(places);
            Map<TopicPartition, Long> first = consumer.beginningOffsets(places);
            Map<TopicPartition, Long> end = consumer.endOffsets(places);
            places.forEach(place ->
                    consumer.seek(place, Math.max(first.getOrDefault(place, 0L), end.getOrDefault(place, 0L) - MOST)));
            return read(consumer, end);
        }
    }

    private static List<Letter> read(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> end) {
        List<Letter> letters = new ArrayList<>();
        long limit = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() < limit
                && end.entrySet().stream().anyMatch(place -> consumer.position(place.getKey()) < place.getValue())) {
            consumer.poll(Duration.ofMillis(250)).forEach(record -> letters.add(letter(record)));
        }
        letters.sort(Comparator.comparing(Letter::at).reversed());
        return letters;
    }

    private static Letter letter(ConsumerRecord<String, byte[]> record) {
        return new Letter(
                RecordPlace.of(record), type(record), cause(record), Instant.ofEpochMilli(record.timestamp()));
    }

    private static String type(ConsumerRecord<String, byte[]> record) {
        String told = PublishedEvent.header(record, "ce_type");
        if (told != null) {
            return told.replaceFirst("^com\\.stripe\\.", "");
        }
        if (record.value() == null) {
            return "";
        }
        try {
            return StripeEvent.read(record.value()).type();
        } catch (UnreadableEvent unreadable) {
            return "";
        }
    }

    private static String cause(ConsumerRecord<String, byte[]> record) {
        @Nullable String told = PublishedEvent.header(record, KafkaHeaders.DLT_EXCEPTION_MESSAGE);
        String cause = told == null ? "" : told;
        return cause.length() <= CAUSE ? cause : cause.substring(0, CAUSE);
    }
}
