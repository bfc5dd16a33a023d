package io.tillstream.chaos.fault;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Records on {@code stripe.events} that nobody can read; each has to become a dead letter, and hold up nobody. */
final class Poison {
    private static final String TOPIC = "stripe.events";
    private static final String PREFIX = "evt_poison_"; // no event of Stripe's has such an id
    private static final int SECONDS = 30;
    private static final List<String> BODIES = List.of(
            "", "not JSON", "[1, 2", "{\"id\": 17}", "{\"object\": \"event\", \"type\": \"payment_intent.succeeded\"}");

    private final String broker;
    private final Set<String> tried = new TreeSet<>();
    private final Set<String> planted = new TreeSet<>();

    Poison(String broker) {
        this.broker = broker;
    }

    /** One record of each kind, with keys that spread them over the partitions. */
    void plant() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker, "max.block.ms", SECONDS * 1_000, "acks", "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            for (String body : BODIES) {
                String id = PREFIX + UUID.randomUUID().toString().replace("-", "");
                var poison = new ProducerRecord<>(TOPIC, "cus_" + id, body.getBytes(StandardCharsets.UTF_8));
                header(poison, "ce_id", id);
                header(poison, "ce_type", "com.stripe.payment_intent.succeeded");
                header(poison, "ce_source", "stripe");
                header(poison, "ce_specversion", "1.0");
                header(poison, "content-type", "application/json");
                add(tried, id); // a record can be there though nobody was told so
                var unused = producer.send(poison).get(SECONDS, TimeUnit.SECONDS);
                add(planted, id);
            }
        } catch (ExecutionException | TimeoutException cause) {
            throw new IllegalStateException("poison cannot be planted", cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    private static void header(ProducerRecord<String, byte[]> poison, String name, String value) {
        poison.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void add(Set<String> ids, String id) {
        ids.add(id);
    }

    /**
     * The ids of all that was planted.
     *
     * @param isThere whether a record is on the topic: Kafka did not tell of all of them
     */
    synchronized Set<String> planted(Predicate<String> isThere) {
        Set<String> all = new TreeSet<>(planted);
        tried.stream().filter(isThere).forEach(all::add);
        return all;
    }
}
