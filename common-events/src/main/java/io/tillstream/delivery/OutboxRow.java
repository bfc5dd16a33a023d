package io.tillstream.delivery;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** One domain event as it stands in the outbox. */
public record OutboxRow(
        long seq,
        int shard,
        String id,
        String topic,
        String aggregateId,
        String type,
        String payload,
        @Nullable String traceparent,
        OffsetDateTime createdAt) {

    /**
     * Of two events of one aggregate, the later has the greater: digits in a fixed number, compared as text. As CloudEvents'
     * extension has it; for whoever reads an aggregate's events from two topics, the live one and a replay.
     *
     * @see <a href="https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md">CloudEvents: sequence</a>
     */
    private static final String SEQUENCE = "sequence";

    private static final String DIGITS = "%019d"; // those of the greatest long

    static final String COLUMNS = "seq, shard, id, topic, aggregate_id, type, payload, traceparent, created_at";

    static OutboxRow read(ResultSet row) throws SQLException {
        return new OutboxRow(
                row.getLong("seq"),
                row.getInt("shard"),
                row.getString("id"),
                row.getString("topic"),
                row.getString("aggregate_id"),
                row.getString("type"),
                row.getString("payload"),
                row.getString("traceparent"),
                row.getObject("created_at", OffsetDateTime.class));
    }

    /** A CloudEvents 1.0 record in Kafka's binary mode, keyed by aggregate, for a topic as it is named on Kafka. */
    public ProducerRecord<String, byte[]> toRecord(String source, String topicOnKafka) {
        CloudEvent event = CloudEventBuilder.v1()
                .withId(id)
                .withType(type)
                .withSource(URI.create("/" + source))
                .withSubject(aggregateId)
                .withTime(createdAt)
                .withExtension(SEQUENCE, DIGITS.formatted(seq))
                .withData("application/json", payload.getBytes(StandardCharsets.UTF_8))
                .build();
        ProducerRecord<String, byte[]> record = KafkaMessageFactory.<String>createWriter(topicOnKafka, aggregateId)
                .writeBinary(event);
        if (traceparent != null) {
            record.headers().add("traceparent", traceparent.getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }
}
