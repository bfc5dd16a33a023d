package io.tillstream.chaos.check;

import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.TopicMessage;
import io.tillstream.chaos.check.observation.Topics;
import io.tillstream.testing.TestKafka;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What stands on the topics of a world in which nothing is wrong, and what a test makes of it: in memory, until it is published. */
final class TopicRecords implements Topics {
    static final String STRIPE = "stripe.events";

    /** Of the poison that has no header at all: where it stands. */
    static final String POISON = "stripe.events-1@0";

    /** Of each service's outbox, as words: id, type, key, content. */
    private static final Map<Service, List<String>> OUTBOXES = Arrays.stream(Service.values())
            .collect(Collectors.toMap(service -> service, service -> CleanDatabases.of(service)
                    .texts("select id || ' ' || type || ' ' || aggregate_id || ' ' || payload from outbox"
                            + " order by seq")));

    final List<Entry> entries = new ArrayList<>();
    final Map<Service, Long> unhandled = new HashMap<>();
    private final long made = System.currentTimeMillis();

    record Entry(String topic, int partition, String key, Map<String, byte[]> headers, String value) {
        String header(String name) {
            return new String(headers.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
        }

        /** As Kafka gives it, from that place. */
        ConsumerRecord<byte[], byte[]> at(long offset, long millis) {
            var all = new RecordHeaders();
            headers.forEach(all::add);
            return new ConsumerRecord<>(
                    topic,
                    partition,
                    offset,
                    millis,
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    bytes(key),
                    bytes(value),
                    all,
                    Optional.empty());
        }
    }

    /** What Stripe told, and poison; domain events are those of the outboxes. */
    static TopicRecords clean() {
        var records = new TopicRecords();
        records.stripe("evt_1", "payment_intent.succeeded", "");
        records.stripe("evt_1", "payment_intent.succeeded", ""); // delivered twice
        records.stripe("evt_2", "payment_intent.succeeded", "");
        records.stripe("evt_3", "payment_intent.succeeded", "");
        records.stripe("evt_r2", "refund.created", "");
        records.stripe("evt_r3", "refund.created", "");
        records.stripe("evt_r9", "refund.created", "");
        records.stripe("evt_s1", "customer.subscription.updated", "");
        records.stripe("evt_i1", "invoice.paid", "");
        records.stripe("evt_parked", "charge.dispute.created", "");
        records.stripe("evt_of_no_concern", "balance.available", "");
        records.stripe("evt_of_others", "payment_intent.succeeded", ", \"account\": \"acct_other\"");
        records.stripe("evt_of_live_mode", "payment_intent.succeeded", ", \"livemode\": true");
        records.entries.add(new Entry(STRIPE, 1, "poison", Map.of(), "}{"));
        for (Service service : Service.values()) {
            records.deadLetter(service, "", 1, 0);
            Objects.requireNonNull(OUTBOXES.get(service))
                    .forEach(row -> records.published(service, row.split(" ", 4), Instant.now()));
        }
        records.published(
                Service.ORDERS,
                new String[] {"cleaned-up", "io.tillstream.order.placed.v1", "of-last-week", "{}"},
                Instant.now().minus(8, ChronoUnit.DAYS));
        return records;
    }

    void stripe(String id, String type, String more) {
        entries.add(new Entry(
                STRIPE,
                0,
                "cus_1",
                Map.of("ce_id", bytes(id), "ce_type", bytes("com.stripe." + type)),
                "{\"id\": \"" + id + "\", \"type\": \"" + type + "\"" + more + "}"));
    }

    void published(Service service, String[] row, Instant at) {
        Map<String, byte[]> headers =
                Map.of("ce_id", bytes(row[0]), "ce_type", bytes(row[1]), "ce_time", bytes(at.toString()));
        entries.add(new Entry(service.topic(), 0, row[2], headers, row[3]));
    }

    /** Without an id it is told by where it stood. */
    void deadLetter(Service service, String id, int partition, long offset) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(
                "kafka_dlt-original-partition",
                ByteBuffer.allocate(4).putInt(partition).array());
        headers.put(
                "kafka_dlt-original-offset",
                ByteBuffer.allocate(8).putLong(offset).array());
        if (!id.isEmpty()) {
            headers.put("ce_id", bytes(id));
        }
        entries.add(new Entry(STRIPE + "." + service.group() + ".dlt", 0, "poison", headers, "}{"));
    }

    Entry of(String id) {
        return entries.stream()
                .filter(entry -> entry.header("ce_id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    void remove(String id) {
        entries.removeIf(entry -> entry.header("ce_id").equals(id));
    }

    @Override
    public Set<String> names() {
        return entries.stream().map(Entry::topic).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void read(String topic, Consumer<TopicMessage> take) {
        Map<Integer, Long> ends = new HashMap<>();
        for (Entry entry : entries) {
            if (entry.topic().equals(topic)) {
                long offset = ends.merge(entry.partition(), 1L, Long::sum) - 1;
                take.accept(TopicMessage.of(topic, entry.at(offset, made)));
            }
        }
    }

    @Override
    public Map<TopicPartition, Long> lag(String group, String mustRead) {
        return unhandled.entrySet().stream()
                .filter(left -> left.getKey().group().equals(group))
                .collect(Collectors.toMap(left -> new TopicPartition(mustRead, 0), Map.Entry::getValue));
    }

    @Override
    public void close() {}

    /** Writes all to topics of their own, with nothing unhandled but what is said to be. */
    String publish() {
        String prefix = TestKafka.newPrefix();
        TestKafka.createTopics(2, names().stream().map(name -> prefix + name).toArray(String[]::new));
        List<Future<?>> sent = new ArrayList<>();
        try (var producer = new KafkaProducer<>(settings(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Entry entry : entries) {
                var record = new ProducerRecord<>(
                        prefix + entry.topic(), entry.partition(), bytes(entry.key()), bytes(entry.value()));
                entry.headers().forEach(record.headers()::add);
                sent.add(producer.send(record));
            }
        }
        try {
            for (Future<?> each : sent) {
                each.get();
            }
            commit(prefix);
        } catch (InterruptedException | ExecutionException cause) {
            throw new IllegalStateException("Not on Kafka", cause);
        }
        return prefix;
    }

    /**
     * One request at a time: a batch that a partition without a leader yet has refused comes again behind the next one, which no
     * broker takes then, and is tried until its time is up.
     */
    private static Map<String, Object> settings() {
        return Map.of(
                "bootstrap.servers", TestKafka.bootstrapServers(),
                "max.in.flight.requests.per.connection", 1,
                "request.timeout.ms", 30_000,
                "delivery.timeout.ms", 60_000, // else two minutes pass until a failure is told
                "linger.ms", 0);
    }

    private void commit(String prefix) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            var first = new TopicPartition(prefix + STRIPE, 0);
            var second = new TopicPartition(prefix + STRIPE, 1);
            var ends = admin.listOffsets(Map.of(first, OffsetSpec.latest(), second, OffsetSpec.latest()))
                    .all()
                    .get();
            for (Service service : Service.values()) {
                long left = unhandled.getOrDefault(service, 0L);
                admin.alterConsumerGroupOffsets(
                                prefix + service.group(),
                                Map.of(
                                        first,
                                                new OffsetAndMetadata(
                                                        ends.get(first).offset() - left),
                                        second,
                                                new OffsetAndMetadata(
                                                        ends.get(second).offset())))
                        .all()
                        .get();
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
