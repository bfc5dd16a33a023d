package io.tillstream.chaos.machine;

import io.tillstream.local.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The records that each service has not handled yet, on every topic that it reads. */
public final class ConsumerLag implements AutoCloseable {
    private static final int SECONDS = 5;
    private static final List<String> GROUPS = List.of("order-service", "payment-service", "subscription-service");

    private final Admin kafka;

    public ConsumerLag(Machine machine) {
        this.kafka = Admin.create(Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + machine.local().port(Part.KAFKA),
                "request.timeout.ms",
                SECONDS * 1_000,
                "default.api.timeout.ms",
                SECONDS * 1_000));
    }

    /** In words; if Kafka cannot be asked, that. */
    public List<String> now() {
        List<String> found = new ArrayList<>();
        try {
            for (String group : GROUPS) {
                long lag = lag(kafka.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get(SECONDS, TimeUnit.SECONDS));
                if (lag > 0) {
                    found.add(lag + " records not handled by " + group);
                }
            }
        } catch (ExecutionException | TimeoutException away) {
            found.add("Kafka cannot be asked: " + away.getMessage());
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
        return found;
    }

    /** A partition of such a topic without a note has been handled by nobody. */
    private long lag(Map<TopicPartition, OffsetAndMetadata> noted)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> topics =
                noted.keySet().stream().map(TopicPartition::topic).distinct().toList();
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        kafka.describeTopics(topics)
                .allTopicNames()
                .get(SECONDS, TimeUnit.SECONDS)
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(each ->
                                partitions.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest())));
        Map<TopicPartition, Long> ends =
                kafka.listOffsets(partitions).all().get(SECONDS, TimeUnit.SECONDS).entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, end -> end.getValue().offset()));
        return ends.entrySet().stream()
                .mapToLong(end -> {
                    OffsetAndMetadata place = noted.get(end.getKey());
                    return end.getValue() - (place == null ? 0 : place.offset());
                })
                .sum();
    }

    @Override
    public void close() {
        kafka.close();
    }
}
