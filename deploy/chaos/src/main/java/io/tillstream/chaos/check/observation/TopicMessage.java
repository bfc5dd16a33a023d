package io.tillstream.chaos.check.observation;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** One record of a topic, as text. */
public record TopicMessage(
        String topic, int partition, long offset, Instant at, String key, Map<String, String> headers, String value) {

    static final String LETTER_PARTITION = "kafka_dlt-original-partition";
    static final String LETTER_OFFSET = "kafka_dlt-original-offset";

    /** {@code topic} is its name without the prefix of the environment. */
    public static TopicMessage of(String topic, ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), text(header));
        }
        return new TopicMessage(
                topic,
                record.partition(),
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                text(record.key()),
                headers,
                text(record.value()));
    }

    /** Empty where there is none. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    public String type() {
        return header("ce_type");
    }

    /** {@code ce_id}; where there is none, its place. */
    public String id() {
        String id = header("ce_id");
        return id.isEmpty() ? topic + "-" + partition + "@" + offset : id;
    }

    /** Spring Kafka writes the place of a dead letter as numbers in binary. */
    private static String text(Header header) {
        boolean place = header.key().equals(LETTER_PARTITION) || header.key().equals(LETTER_OFFSET);
        return place ? new BigInteger(header.value()).toString() : text(header.value());
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
