package com.example.fulfilment;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One event: a CloudEvent in Kafka's binary mode. The data stays a tree, as only a few fields of it matter here and the
 * published schema gains others.
 *
 * @param id by which repeats are known
 * @param subject what it is about: an order's id, a user's id
 * @param sequence of two events about the same, the later one has the greater; zeros where it was told before there were any
 */
record ReceivedEvent(String id, String type, String subject, String sequence, Instant time, JsonNode data) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String NO_SEQUENCE = "0".repeat(19); // less than any

    /**
     * Reads a record.
     *
     * @throws UnreadableEvent if it is no event as Tillstream publishes them
     */
    static ReceivedEvent read(ConsumerRecord<String, byte[]> record) {
        try {
            return new ReceivedEvent(
                    required(record, "ce_id"),
                    required(record, "ce_type"),
                    required(record, "ce_subject"),
                    Objects.requireNonNullElse(header(record, "ce_sequence"), NO_SEQUENCE),
                    Instant.parse(required(record, "ce_time")),
                    JSON.readTree(record.value()));
        } catch (JacksonException | DateTimeException | IllegalArgumentException cause) {
            throw new UnreadableEvent("no event: " + cause.getMessage(), cause);
        }
    }

    /** The type alone: most records are dropped by it, before anything is read or stored. */
    static @Nullable String typeOf(ConsumerRecord<?, ?> record) {
        return header(record, "ce_type");
    }

    /**
     * A field without which the event cannot be applied.
     *
     * @throws UnreadableEvent if it is not there
     */
    JsonNode field(String name) {
        JsonNode field = data.path(name);
        if (field.isMissingNode() || field.isNull()) {
            throw new UnreadableEvent(type + " without " + name, null);
        }
        return field;
    }

    private static String required(ConsumerRecord<?, ?> record, String header) {
        String value = header(record, header);
        if (value == null) {
            throw new UnreadableEvent("no header " + header, null);
        }
        return value;
    }

    private static @Nullable String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
