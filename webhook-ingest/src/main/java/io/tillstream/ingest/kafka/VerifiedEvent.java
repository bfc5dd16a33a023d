package io.tillstream.ingest.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What this service looks at in an event; the event itself goes on as the bytes that came. */
public record VerifiedEvent(
        String id,
        String type,
        Instant created,
        boolean livemode,
        boolean connected,
        String key,
        @Nullable String objectId) {

    private static final int LONGEST_ID = 255; // Stripe's own bound

    /** Throws IllegalArgumentException if something is missing that every event has. */
    public static VerifiedEvent read(JsonNode event) {
        String id = required(event, "id");
        String type = required(event, "type");
        JsonNode created = event.path("created");
        JsonNode livemode = event.path("livemode");
        JsonNode object = event.path("data").path("object");
        if (!created.isIntegralNumber() || !created.canConvertToLong() || !livemode.isBoolean() || !object.isObject()) {
            throw new IllegalArgumentException("created, livemode or data.object is missing");
        }
        String objectId = text(object.path("id"));
        return new VerifiedEvent(
                id,
                type,
                Instant.ofEpochSecond(Math.max(0, Math.min(created.asLong(), 253_402_300_799L))),
                livemode.asBoolean(),
                text(event.path("account")) != null,
                key(object, objectId, id),
                objectId);
    }

    /** All of one customer's events stay in order; a customer's own events join them. */
    private static String key(JsonNode object, @Nullable String objectId, String eventId) {
        String customer = idOf(object.path("customer"));
        if (customer != null) {
            return customer;
        }
        String intent = idOf(object.path("payment_intent"));
        if (intent != null) {
            return intent;
        }
        return objectId == null ? eventId : objectId;
    }

    /** A CloudEvent in binary mode. */
    ProducerRecord<String, byte[]> toRecord(String topic, byte[] bytes) {
        ProducerRecord<String, byte[]> kept = new ProducerRecord<>(topic, key, bytes);
        header(kept, "content-type", "application/json");
        header(kept, "ce_specversion", "1.0");
        header(kept, "ce_id", id);
        header(kept, "ce_type", "com.stripe." + type);
        header(kept, "ce_source", "https://api.stripe.com");
        header(kept, "ce_time", created.toString());
        header(kept, "ce_subject", objectId == null ? key : objectId); // invoice.upcoming has no id: whose it is
        return kept;
    }

    private static void header(ProducerRecord<String, byte[]> kept, String name, String value) {
        kept.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String required(JsonNode event, String name) {
        String value = text(event.path(name));
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    /** Expanded objects carry their id inside. */
    private static @Nullable String idOf(JsonNode reference) {
        return reference.isObject() ? text(reference.path("id")) : text(reference);
    }

    private static @Nullable String text(JsonNode value) {
        if (!value.isString()) {
            return null;
        }
        String text = value.asString();
        boolean plain = text.chars().allMatch(c -> c > ' ' && c < 0x7f); // as all of Stripe's ids and types
        return plain && !text.isEmpty() && text.length() <= LONGEST_ID ? text : null;
    }
}
