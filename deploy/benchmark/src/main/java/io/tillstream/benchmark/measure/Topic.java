package io.tillstream.benchmark.measure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** A topic on Kafka. */
public record Topic(String bootstrapServers, String name) {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int PARTITIONS = 6; // KAFKA_PARTITIONS of ./run

    /** A new one on the same Kafka, of as many partitions. */
    public Topic sibling(String another) {
        try (Admin admin = admin()) {
            var unused = admin.createTopics(List.of(new NewTopic(another, PARTITIONS, (short) 1)))
                    .all()
                    .get(LONGEST.toSeconds(), TimeUnit.SECONDS);
            return new Topic(bootstrapServers, another);
        } catch (ExecutionException | TimeoutException cause) {
            throw new IllegalStateException(name, cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    /** How many records were ever kept. */
    public long records() {
        try (Admin admin = admin()) {
            var description = admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get(LONGEST.toSeconds(), TimeUnit.SECONDS)
                    .get(name);
            if (description == null) {
                throw new IllegalStateException("there is no topic " + name);
            }
            Map<TopicPartition, OffsetSpec> ends = description.partitions().stream()
                    .collect(Collectors.toMap(
                            partition -> new TopicPartition(name, partition.partition()),
                            partition -> OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get(LONGEST.toSeconds(), TimeUnit.SECONDS).values().stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        } catch (ExecutionException | TimeoutException cause) {
            throw new IllegalStateException(name, cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }
}
