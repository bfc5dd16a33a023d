package io.tillstream.delivery;

import io.tillstream.events.DomainEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A domain event as another service published it: a CloudEvent in Kafka's binary mode.
 *
 * @param id the CloudEvent's, by which repeats are known
 */
public record PublishedEvent(String id, String type, JsonNode data) {

    /** A published type only ever gains fields. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * Reads a record.
     *
     * @throws UnreadableEvent if it has no id, no type or no JSON
     */
    static PublishedEvent read(ConsumerRecord<?, byte[]> record) {
        String id = header(record, "ce_id");
        String type = header(record, "ce_type");
        byte[] body = record.value();
        if (id == null || type == null || body == null) {
            throw new UnreadableEvent("a domain event without id, type or body");
        }
        return new PublishedEvent(id, type, StripeJson.read(body));
    }

    static @Nullable String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /**
     * The event as its record.
     *
     * @throws UnreadableEvent if it lacks what the record has
     */
    public <E extends DomainEvent> E as(Class<E> event) {
        try {
            return JSON.treeToValue(data, event);
        } catch (JacksonException e) {
            throw new UnreadableEvent("not a " + type, e);
        }
    }
}
