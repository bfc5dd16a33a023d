package io.tillstream.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.testcontainers.kafka.KafkaContainer;

/**
 * One real Kafka broker for the whole run, or for this JVM where nobody shares one: a container where a Docker engine
 * has the image, else {@link KafkaProcess}. A service under test takes a {@link #newPrefix} for its topics and groups,
 * as others use the broker too. A test that needs to stop its broker takes a {@link KafkaProcess} of its own.
 */
public final class TestKafka {

    private static final String IMAGE = "apache/kafka:4.2.1";

    private static final int LIMIT_SECONDS = 60; // for an answer on a busy machine

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private TestKafka() {}

    /** For {@code KAFKA_PREFIX}: with it the topics and groups of a service are nobody else's. The broker starts meanwhile. */
    public static String newPrefix() {
        var starting = new Thread(
                () -> {
                    var unused = bootstrapServers();
                },
                "kafka-start");
        starting.setDaemon(true);
        starting.start();
        return "test-" + JavaProcess.NAME + "-" + PREFIXES.incrementAndGet() + ".";
    }

    public static String bootstrapServers() {
        return Broker.SERVERS;
    }

    /** Creates the topics that are not there yet. */
    public static void createTopics(int partitions, String... names) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            var there = admin.listTopics().names().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> missing = new ArrayList<>();
            for (String name : names) {
                if (!there.contains(name)) {
                    missing.add(new NewTopic(name, partitions, (short) 1));
                }
            }
            admin.createTopics(missing).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Topics not created", e);
        }
    }

    /** Everything that stands on a topic now, partition by partition; nothing if the topic does not exist. */
    public static List<ConsumerRecord<String, byte[]>> records(String topic) {
        return records(bootstrapServers(), topic);
    }

    public static List<ConsumerRecord<String, byte[]>> records(String bootstrapServers, String topic) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", "read_committed");
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(java.time.Duration.ofMillis(200)).forEach(found::add);
            }
        }
        return found;
    }

    /** Starts one and gives its address; it ends with this JVM. */
    static String startBroker() {
        return DockerEngine.containerOr(
                IMAGE, TestKafka::container, () -> KafkaProcess.start(SharedServers.log("kafka"))
                        .bootstrapServers());
    }

    private static String container() {
        @SuppressWarnings("resource") // Testcontainers removes it when the JVM ends
        KafkaContainer container = new KafkaContainer(IMAGE);
        container.start();
        return container.getBootstrapServers();
    }

    private static final class Broker {
        static final String SERVERS = SharedServers.address(SharedServers.KAFKA).orElseGet(TestKafka::startBroker);
    }
}
