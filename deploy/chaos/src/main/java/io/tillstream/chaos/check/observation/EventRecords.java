package io.tillstream.chaos.check.observation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What matters of records on Kafka and of the outbox. */
public final class EventRecords {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LETTERS = ".dlt";
    private static final String SOURCE = ".events."; // after a topic's name comes its reader's

    private EventRecords() {}

    /** On {@code stripe.events}; one of another account or mode is none of ours. */
    public record StripeRecord(String id, String type, Instant at, boolean isOurs) {
        static StripeRecord of(TopicMessage message) {
            JsonNode event = json(message.value());
            boolean ours = event.path("account").asText("").isEmpty()
                    && !event.path("livemode").asBoolean();
            return new StripeRecord(message.id(), message.type(), message.at(), ours);
        }
    }

    /** On a topic of domain events; {@code published} is when it was sent to Kafka. */
    public record Published(
            String topic,
            String id,
            String type,
            String key,
            int partition,
            long offset,
            Instant published,
            Content content) {
        static Published of(TopicMessage message) {
            return new Published(
                    message.topic(),
                    message.id(),
                    message.type(),
                    message.key(),
                    message.partition(),
                    message.offset(),
                    message.at(),
                    Content.of(message.value(), time(message.header("ce_time"))));
        }
    }

    /** A row of an outbox. */
    public record OutboxEntry(Service service, String id, String type, String key, long sequence, Content content) {
        static final String SELECT = "select id, type, aggregate_id, seq, payload, created_at from outbox";

        static OutboxEntry of(Service service, Row row) {
            return new OutboxEntry(
                    service,
                    row.text("id"),
                    row.text("type"),
                    row.text("aggregate_id"),
                    row.number("seq"),
                    Content.of(row.text("payload"), row.time("created_at")));
        }
    }

    /** What a domain event is about; empty where it does not say. */
    public record Content(
            String payment,
            String refund,
            String subscription,
            @Nullable Instant at) {
        static Content of(String json, @Nullable Instant at) {
            JsonNode event = json(json);
            return new Content(
                    event.path("paymentId").asText(""),
                    event.path("refundId").asText(""),
                    event.path("subscriptionId").asText(""),
                    at);
        }
    }

    /** On a dead-letter topic; {@code group} is the consumer that could not apply it. */
    public record DeadLetter(String topic, String group, String id) {

        /** By its id, or by where it first stood. */
        static DeadLetter of(TopicMessage message) {
            String topic = message.topic();
            int end = topic.indexOf(SOURCE) + SOURCE.length() - 1;
            String group = topic.substring(end + 1, topic.length() - LETTERS.length());
            String id = message.header("ce_id");
            String place = topic.substring(0, end) + "-" + message.header(TopicMessage.LETTER_PARTITION) + "@"
                    + message.header(TopicMessage.LETTER_OFFSET);
            return new DeadLetter(topic, group, id.isEmpty() ? place : id);
        }

        static List<String> topics(Iterable<String> names) {
            List<String> topics = new ArrayList<>();
            names.forEach(name -> {
                if (name.endsWith(LETTERS) && name.contains(SOURCE)) {
                    topics.add(name);
                }
            });
            return topics;
        }
    }

    private static JsonNode json(String text) {
        try {
            return Objects.requireNonNullElse(JSON.readTree(text), MissingNode.getInstance());
        } catch (JsonProcessingException poison) {
            return MissingNode.getInstance();
        }
    }

    private static @Nullable Instant time(String text) {
        return text.isEmpty() ? null : Instant.parse(text);
    }
}
