package io.tillstream.delivery.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.DeliverySettings;
import io.tillstream.delivery.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.SendResult;

/** A slow Kafka makes a replay slow, and no page of it endless. */
class ReplayTopicsTest {

    private static final Duration LEFT = Duration.ofMillis(500); // of the lease, in which something may be handed over

    private static final KafkaAdmin ADMIN = new KafkaAdmin(Map.of()) {
        @Override
        public void createOrModifyTopics(NewTopic... topics) {}
    };

    private static final DeliverySettings SETTINGS = new DeliverySettings(
            "order-service",
            "",
            false,
            "",
            3,
            (short) 1,
            1,
            2,
            Duration.ofMillis(500),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            3,
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            "postgresql://127.0.0.1:1/none",
            "nobody",
            "");

    private static final EventReplay REPLAY = new EventReplay(
            UUID.randomUUID(),
            "fulfilment",
            new EventSelection(null, List.of("a"), null, null),
            EventReplay.Status.RUNNING,
            null,
            4,
            0,
            0,
            4,
            1,
            Instant.EPOCH,
            Instant.EPOCH);

    private final List<String> sent = new ArrayList<>();
    private long handsOverUntil;

    /** Answers when the lease lasts for nothing more. */
    private final KafkaTemplate<String, byte[]> slow =
            new KafkaTemplate<>(new DefaultKafkaProducerFactory<String, byte[]>(Map.of())) {
                @Override
                public CompletableFuture<SendResult<String, byte[]>> send(ProducerRecord<String, byte[]> record) {
                    sent.add(record.key());
                    await().atMost(Duration.ofSeconds(60)).until(() -> System.nanoTime() - handsOverUntil > 0);
                    return CompletableFuture.completedFuture(new SendResult<>(record, null));
                }
            };

    private final ReplayTopics topics = new ReplayTopics(ADMIN, slow, SETTINGS);

    @Test
    void whatALeaseIsTooShortForComesWithTheNext() throws Exception {
        List<OutboxRow> rows = List.of(row(1, "a"), row(2, "b"), row(3, "a"), row(4, "c"));

        int first = sent(rows);

        assertThat(sent).as("the first of each").containsExactly("a", "b", "c");
        assertThat(first).as("up to the second of a, that is missing").isEqualTo(2);
        assertThat(new EventHistory.Page(rows, 900).first(first))
                .isEqualTo(new EventHistory.Page(rows.subList(0, 2), 2));
        assertThat(new EventHistory.Page(rows, 900).first(4)).isEqualTo(new EventHistory.Page(rows, 900));
    }

    /** Once more where a busy machine took longer than was left for the first of them: then none was handed over. */
    private int sent(List<OutboxRow> rows) throws Exception {
        for (int times = 1; true; times++) {
            handsOverUntil = System.nanoTime() + LEFT.toNanos();
            try {
                return topics.send(REPLAY, rows, handsOverUntil + ReplayTopics.SENDING_TAKES.toNanos());
            } catch (TimeoutException none) {
                assertThat(sent).isEmpty();
                assertThat(times).isLessThan(50);
            }
        }
    }

    @Test
    void aLeaseThatLastsForNoneIsToldAsAFault() {
        assertThatThrownBy(() -> topics.send(REPLAY, List.of(row(1, "a")), System.nanoTime()))
                .isInstanceOf(TimeoutException.class);
        assertThat(sent).isEmpty();
    }

    private static OutboxRow row(long seq, String order) {
        return new OutboxRow(
                seq,
                0,
                UUID.randomUUID().toString(),
                "orders.events",
                order,
                "io.tillstream.order.refunded.v1",
                "{}",
                null,
                OffsetDateTime.parse("2026-01-02T03:04:05Z"));
    }
}
