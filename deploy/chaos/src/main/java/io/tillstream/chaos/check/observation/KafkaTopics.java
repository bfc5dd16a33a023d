package io.tillstream.chaos.check.observation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What stands on our topics, from their beginning to now. One connection for all, opened at the first look: not for several
 * threads.
 */
public final class KafkaTopics implements Topics {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STUCK = Duration.ofMinutes(2); // without a single record
    private static final int LONGEST = 120_000; // milliseconds for any answer of a busy broker
    private static final int FETCH_WAIT =
            20; // milliseconds: what is read is there, and the next topic waits for the fetch

    private final String prefix;
    private final Supplier<KafkaConsumer<byte[], byte[]>> consumer;
    private final Supplier<Admin> admin;
    private final List<AutoCloseable> opened = new ArrayList<>();

    public KafkaTopics(String bootstrapServers, String prefix) {
        this.prefix = prefix;
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "default.api.timeout.ms",
                LONGEST,
                "request.timeout.ms",
                LONGEST);
        Map<String, Object> reading = new HashMap<>(settings);
        reading.put("fetch.max.wait.ms", FETCH_WAIT);
        this.consumer =
                once(() -> new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        this.admin = once(() -> Admin.create(settings));
    }

    private <T extends AutoCloseable> Supplier<T> once(Supplier<T> open) {
        List<T> one = new ArrayList<>();
        return () -> {
            if (one.isEmpty()) {
                one.add(open.get());
                opened.add(one.get(0));
            }
            return one.get(0);
        };
    }

    @Override
    public Set<String> names() {
        return consumer.get().listTopics().keySet().stream()
                .filter(name -> name.startsWith(prefix) && !name.startsWith("__"))
                .map(name -> name.substring(prefix.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void read(String topic, Consumer<TopicMessage> take) {
        List<TopicPartition> partitions = partitions(topic);
        if (partitions.isEmpty()) {
            return;
        }
        KafkaConsumer<byte[], byte[]> reader = consumer.get();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
        long newest = System.nanoTime();
        while (partitions.stream().anyMatch(each -> reader.position(each) < ends.getOrDefault(each, 0L))) {
            var records = reader.poll(POLL);
            records.forEach(record -> take.accept(TopicMessage.of(topic, record)));
            newest = records.isEmpty() ? newest : System.nanoTime();
            if (System.nanoTime() - newest > STUCK.toNanos()) {
                throw new IllegalStateException("Kafka does not give the end of " + topic);
            }
        }
    }

    @Override
    public Map<TopicPartition, Long> lag(String group, String mustRead) {
        Map<TopicPartition, Long> committed = new HashMap<>();
        partitions(mustRead).forEach(place -> committed.put(place, 0L));
        offsets(admin.get(), prefix + group).forEach((place, offset) -> committed.put(place, offset.offset()));
        Map<TopicPartition, Long> starts = consumer.get().beginningOffsets(committed.keySet());
        Map<TopicPartition, Long> lag = new HashMap<>();
        consumer.get().endOffsets(committed.keySet()).forEach((place, end) -> {
            long from = Math.max(committed.getOrDefault(place, 0L), starts.getOrDefault(place, 0L));
            if (end > from) {
                lag.put(place, end - from);
            }
        });
        return lag;
    }

    private List<TopicPartition> partitions(String topic) {
        boolean isThere = consumer.get().listTopics().containsKey(prefix + topic);
        return isThere
                ? consumer.get().partitionsFor(prefix + topic).stream()
                        .map(each -> new TopicPartition(each.topic(), each.partition()))
                        .toList()
                : List.of();
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin, String group) {
        try {
            Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((place, offset) -> {
                        if (offset != null) {
                            all.put(place, offset);
                        }
                    });
            return all;
        } catch (ExecutionException cause) {
            throw new IllegalStateException("Kafka does not tell how far " + group + " is", cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Stopped while Kafka was asked", cause);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable each : opened) {
            try {
                each.close();
            } catch (Exception cause) {
                throw new IllegalStateException("A connection to Kafka does not end", cause);
            }
        }
    }
}
