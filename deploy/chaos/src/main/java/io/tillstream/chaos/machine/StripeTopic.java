package io.tillstream.chaos.machine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The ids of all events on {@code stripe.events}, read on at each look. */
public final class StripeTopic implements AutoCloseable {
    private static final String NAME = "stripe.events";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(5);

    private final KafkaConsumer<String, byte[]> consumer;
    private final Set<String> ids = new HashSet<>();

    public StripeTopic(String broker) {
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker, "enable.auto.commit", false, "default.api.timeout.ms", 5_000),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Whether all these events are there. */
    public synchronized boolean holds(Set<String> events) {
        if (!ids.containsAll(events)) {
            readOn();
        }
        return ids.containsAll(events);
    }

    private void readOn() {
        try {
            if (consumer.assignment().isEmpty()) {
                List<TopicPartition> all = consumer.partitionsFor(NAME).stream()
                        .map(each -> new TopicPartition(NAME, each.partition()))
                        .toList();
                consumer.assign(all);
                consumer.seekToBeginning(all);
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            long end = System.nanoTime() + LONGEST;
            while (ends.entrySet().stream().anyMatch(each -> consumer.position(each.getKey()) < each.getValue())
                    && System.nanoTime() < end) {
                consumer.poll(POLL).forEach(record -> {
                    Header id = record.headers().lastHeader("ce_id");
                    if (id != null) {
                        ids.add(new String(id.value(), StandardCharsets.UTF_8));
                    }
                });
            }
        } catch (KafkaException away) {
            // asked again at the next look
        }
    }

    @Override
    public synchronized void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
