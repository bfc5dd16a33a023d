package io.tillstream.acceptance;

import static org.awaitility.Awaitility.await;

import io.tillstream.local.Part;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.JsonNode;

/** What stands on a topic, from its beginning to now. */
final class Topic {
    static final String STRIPE = "stripe.events";
    static final String ORDERS = "orders.events";
    static final String PAYMENTS = "payments.events";
    static final String SUBSCRIPTIONS = "subscriptions.events";

    private static final Duration PATIENCE = User.PATIENCE;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Map<String, Topic> READ = new ConcurrentHashMap<>();

    private final KafkaConsumer<String, byte[]> consumer = consumer();
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final List<Message> messages = new ArrayList<>();
    private final String name;

    private Topic(String name) {
        this.name = name;
    }

    record Message(
            String topic,
            int partition,
            long offset,
            Instant sent,
            String key,
            Map<String, String> headers,
            String value) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        String type() {
            return header("ce_type");
        }

        JsonNode json() {
            return Answer.JSON.readTree(value);
        }
    }

    static Set<String> names() {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            return consumer.listTopics().keySet().stream()
                    .filter(name -> !name.startsWith("__"))
                    .collect(Collectors.toSet());
        }
    }

    /** All records, in each partition in its order; a topic that is not there has none. */
    static List<Message> read(String topic) {
        return READ.computeIfAbsent(topic, Topic::new).readOn();
    }

    /** What was read before is kept: a test may look many times, and only the end is new. */
    private synchronized List<Message> readOn() {
        if (partitions.isEmpty()) {
            if (!consumer.listTopics().containsKey(name)) {
                return List.of();
            }
            consumer.partitionsFor(name).forEach(each -> partitions.add(new TopicPartition(name, each.partition())));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
            consumer.poll(POLL).forEach(record -> messages.add(message(record)));
        }
        return List.copyOf(messages);
    }

    /** The events told of one order, or other aggregate, oldest first. */
    static List<Message> read(String topic, String key) {
        return read(topic).stream().filter(each -> each.key().equals(key)).toList();
    }

    /** What begins the ids of events that only {@link #planted} ever made. */
    static final String PLANTED = "evt_planted_";

    /**
     * The event by which an order was paid, once more under another id, among a service's dead letters: as if the service had
     * had a defect when it came. Gives the id.
     */
    static String planted(String service, String order) {
        Message paid = await("the payment of " + order)
                .atMost(PATIENCE)
                .until(
                        () -> read(STRIPE).stream()
                                .filter(message -> message.type().equals("com.stripe.payment_intent.succeeded")
                                        && message.value().contains(order))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        String id = PLANTED + order.replace("-", "");
        var letter = new ProducerRecord<>(
                STRIPE + "." + service + ".dlt",
                paid.key(),
                paid.value().replace(paid.header("ce_id"), id).getBytes(StandardCharsets.UTF_8));
        paid.headers().forEach((name, value) -> letter.headers()
                .add(name, (name.equals("ce_id") ? id : value).getBytes(StandardCharsets.UTF_8)));
        letter.headers().add("kafka_dlt-original-topic", STRIPE.getBytes(StandardCharsets.UTF_8));
        letter.headers().add("kafka_dlt-exception-message", "a defect".getBytes(StandardCharsets.UTF_8));
        Map<String, Object> settings = Map.of("bootstrap.servers", broker());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(letter);
        }
        return id;
    }

    private static Message message(ConsumerRecord<String, byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return new Message(
                record.topic(),
                record.partition(),
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                record.key() == null ? "" : record.key(),
                headers,
                new String(record.value(), StandardCharsets.UTF_8));
    }

    private static KafkaConsumer<String, byte[]> consumer() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker(), "enable.auto.commit", false, "default.api.timeout.ms", 120_000);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private static String broker() {
        return "127.0.0.1:" + Stack.tillstream().port(Part.KAFKA);
    }
}
