package io.tillstream.ingest.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.kafka.core.KafkaTemplate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * How far work has come that must go on after a restart. This service has no database: the newest note of each name
 * stays on a compacted topic.
 */
public final class BookmarkTopic {

    static final String NAME = "webhook-ingest.bookmarks";

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final KafkaTemplate<String, byte[]> kafka;
    private final String topic;
    private final Map<String, Object> consumer;

    BookmarkTopic(KafkaTemplate<String, byte[]> kafka, String topic, Map<String, Object> consumer) {
        this.kafka = kafka;
        this.topic = topic;
        this.consumer = consumer;
    }

    /** Completes when it is safe. */
    public Mono<Void> write(String name, String note) {
        return Mono.fromCallable(() -> kafka.send(topic, name, note.getBytes(StandardCharsets.UTF_8)))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(Mono::fromFuture)
                .timeout(LONGEST)
                .then();
    }

    /** The newest note, if there ever was one. */
    public Mono<Optional<String>> read(String name) {
        return Mono.fromCallable(() -> newest(name)).subscribeOn(Schedulers.boundedElastic());
    }

    private Optional<String> newest(String name) {
        var place = new TopicPartition(topic, 0);
        Optional<String> found = Optional.empty();
        try (var reader = new KafkaConsumer<>(consumer, new StringDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(List.of(place));
            reader.seekToBeginning(List.of(place));
            long end = reader.endOffsets(List.of(place), LONGEST).getOrDefault(place, 0L);
            while (reader.position(place, LONGEST) < end) {
                for (ConsumerRecord<String, byte[]> record : reader.poll(LONGEST)) {
                    if (name.equals(record.key()) && record.value() != null) {
                        found = Optional.of(new String(record.value(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return found;
    }
}
