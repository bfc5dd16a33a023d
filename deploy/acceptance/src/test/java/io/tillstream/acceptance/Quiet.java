package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.local.Part;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** When all that was on its way has arrived: no lag, nothing unsent. */
final class Quiet {
    private static final Duration LIMIT = Duration.ofSeconds(60); // L1: so long may it take after a fault
    private static final List<String> GROUPS = List.of("order-service", "payment-service", "subscription-service");

    private Quiet() {}

    static void await() {
        Awaitility.await("no lag and nothing unsent")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions()
                .untilAsserted(Quiet::check);
    }

    private static void check() throws Exception {
        for (String group : GROUPS) {
            assertThat(lag(group)).as("lag of " + group).isZero();
        }
        for (String database : Databases.ALL) {
            assertThat(Databases.count(database, "select count(*) from outbox where sent_at is null"))
                    .as("unsent in " + database)
                    .isZero();
        }
    }

    private static long lag(String group) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + Stack.tillstream().port(Part.KAFKA),
                "request.timeout.ms",
                5_000,
                "default.api.timeout.ms",
                10_000);
        try (Admin admin = Admin.create(settings)) {
            Map<TopicPartition, OffsetAndMetadata> done = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            List<TopicPartition> partitions =
                    admin
                            .describeTopics(List.of(Topic.STRIPE))
                            .allTopicNames()
                            .get()
                            .get(Topic.STRIPE)
                            .partitions()
                            .stream()
                            .map(partition -> new TopicPartition(Topic.STRIPE, partition.partition()))
                            .toList();
            Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends = admin.listOffsets(
                            partitions.stream().collect(Collectors.toMap(each -> each, each -> OffsetSpec.latest())))
                    .all()
                    .get();
            return partitions.stream()
                    .mapToLong(each -> ends.get(each).offset()
                            - (done.get(each) == null ? 0 : done.get(each).offset()))
                    .sum();
        }
    }
}
