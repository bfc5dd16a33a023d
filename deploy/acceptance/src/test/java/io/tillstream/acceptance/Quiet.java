package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.local.Part;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** When what was on its way has arrived: no lag, nothing unsent. */
final class Quiet {
    private static final Duration STEP = Duration.ofMillis(100);
    private static final List<String> GROUPS = List.of("order-service", "payment-service", "subscription-service");
    private static final Admin ADMIN = Admin.create(Map.of(
            "bootstrap.servers",
            "127.0.0.1:" + Stack.tillstream().port(Part.KAFKA),
            "request.timeout.ms",
            5_000,
            "default.api.timeout.ms",
            10_000));

    private Quiet() {}

    /**
     * What stands on Stripe's topic now is handled, and what that made is told. What others add meanwhile is not waited
     * for: tests that run side by side would wait for each other.
     */
    static void await() {
        Map<TopicPartition, Long> now = soon("the ends of the topic", Quiet::ends);
        until("what Stripe told is handled", () -> {
            for (String group : GROUPS) {
                Map<TopicPartition, Long> handled = handledBy(group);
                assertThat(now).as("handled by " + group + " are " + handled).allSatisfy((partition, end) -> assertThat(
                                handled.getOrDefault(partition, 0L))
                        .isGreaterThanOrEqualTo(end));
            }
        });
        Map<String, Long> written = soon("what is written", Quiet::lastUnsent);
        until("what was written is told", () -> {
            for (String database : Databases.ALL) {
                assertThat(Databases.count(
                                database,
                                "select count(*) from outbox where sent_at is null and seq <= "
                                        + written.get(database)))
                        .as("unsent in " + database)
                        .isZero();
            }
        });
    }

    /** Nothing at all is on its way: for those who run alone. */
    static void everywhere() {
        until("no lag and nothing unsent", () -> {
            Map<TopicPartition, Long> ends = ends();
            for (String group : GROUPS) {
                assertThat(handledBy(group)).as("handled by " + group).containsAllEntriesOf(withRecords(ends));
            }
            for (String database : Databases.ALL) {
                assertThat(Databases.count(database, "select count(*) from outbox where sent_at is null"))
                        .as("unsent in " + database)
                        .isZero();
            }
        });
    }

    private static Map<TopicPartition, Long> withRecords(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .filter(end -> end.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private interface Look<T> {
        T look() throws Exception;
    }

    private static <T> T soon(String what, Look<T> look) {
        return Awaitility.await(what)
                .atMost(User.PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(STEP)
                .ignoreExceptions()
                .until(look::look, seen -> true);
    }

    private static void until(String wish, org.awaitility.core.ThrowingRunnable check) {
        Awaitility.await(wish)
                .atMost(User.PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(STEP)
                .ignoreExceptions()
                .untilAsserted(check);
    }

    private static Map<String, Long> lastUnsent() {
        Map<String, Long> last = new HashMap<>();
        for (String database : Databases.ALL) {
            last.put(
                    database,
                    Databases.count(
                            database, "select coalesce(max(seq), 0) as count from outbox where sent_at is null"));
        }
        return last;
    }

    private static Map<TopicPartition, Long> handledBy(String group) throws Exception {
        Map<TopicPartition, Long> handled = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> committed = ADMIN.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        committed.forEach((partition, offset) -> {
            if (offset != null && partition.topic().equals(Topic.STRIPE)) {
                handled.put(partition, offset.offset());
            }
        });
        return handled;
    }

    private static Map<TopicPartition, Long> ends() throws Exception {
        Map<TopicPartition, OffsetSpec> partitions =
                ADMIN
                        .describeTopics(List.of(Topic.STRIPE))
                        .allTopicNames()
                        .get()
                        .get(Topic.STRIPE)
                        .partitions()
                        .stream()
                        .collect(Collectors.toMap(
                                each -> new TopicPartition(Topic.STRIPE, each.partition()),
                                each -> OffsetSpec.latest()));
        return ADMIN.listOffsets(partitions).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }
}
