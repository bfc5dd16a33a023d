package io.tillstream.delivery.replay;

import io.tillstream.delivery.DeliverySettings;
import io.tillstream.delivery.OutboxRow;
import io.tillstream.delivery.TopicCreation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;

/** The topics that replays go to, {@code replay.<consumer>}. Blocks. */
final class ReplayTopics {

    /** The replay's id: whoever handles replayed events in another way knows them by it. */
    static final String MARK = "ce_replayid";

    /** Until then whoever asked has read them; what they carry is on the source's topic for longer. */
    private static final Duration KEPT = Duration.ofDays(7);

    /** The producer's limits, together: what is handed over is on Kafka by then, or has failed. */
    static final Duration SENDING_TAKES = Duration.ofSeconds(8);

    private final KafkaAdmin admin;
    private final KafkaTemplate<String, byte[]> kafka;
    private final DeliverySettings settings;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    ReplayTopics(KafkaAdmin admin, KafkaTemplate<String, byte[]> kafka, DeliverySettings settings) {
        this.admin = admin;
        this.kafka = kafka;
        this.settings = settings;
    }

    String name(EventReplay replay) {
        return settings.topic(EventReplay.topic(replay.consumer()));
    }

    /**
     * Sends events, those of one aggregate one after the other, and returns when Kafka has them.
     *
     * @param endsAt {@link System#nanoTime()} at which the lease ends: nothing is handed over that could arrive later
     * @return how many of the first Kafka has: not all, where the lease lasts for a part of them
     * @throws TimeoutException if it lasts for none
     */
    int send(EventReplay replay, List<OutboxRow> rows, long endsAt)
            throws ExecutionException, InterruptedException, TimeoutException {
        create(name(replay));
        Set<Long> sent = new HashSet<>();
        for (List<OutboxRow> round : rounds(rows)) {
            if (System.nanoTime() + SENDING_TAKES.toNanos() - endsAt > 0) {
                return first(rows, sent);
            }
            CompletableFuture<?>[] answers =
                    round.stream().map(row -> kafka.send(record(replay, row))).toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(answers).get(SENDING_TAKES.toMillis(), TimeUnit.MILLISECONDS);
            round.forEach(row -> sent.add(row.seq()));
        }
        return rows.size();
    }

    /** Those behind one that is missing come again, in their order. */
    private static int first(List<OutboxRow> rows, Set<Long> sent) throws TimeoutException {
        int first =
                (int) rows.stream().takeWhile(row -> sent.contains(row.seq())).count();
        if (first == 0) {
            throw new TimeoutException("Kafka takes longer for an event than the lease lasts");
        }
        return first;
    }

    private void create(String topic) {
        if (!known.contains(topic)) {
            NewTopic made = TopicBuilder.name(topic)
                    .partitions(settings.partitions())
                    .replicas(settings.replicationFactor())
                    .configs(Map.of(
                            "retention.ms", Long.toString(KEPT.toMillis()),
                            "min.insync.replicas", Integer.toString(settings.minInsyncReplicas()),
                            "max.message.bytes", Integer.toString(TopicCreation.LARGEST)))
                    .build();
            admin.createOrModifyTopics(made);
            known.add(topic);
        }
    }

    /** The first of each aggregate, then the second: one that fails is never overtaken by a later one of its own. */
    private static List<List<OutboxRow>> rounds(List<OutboxRow> rows) {
        List<List<OutboxRow>> rounds = new ArrayList<>();
        Map<String, Integer> before = new HashMap<>();
        for (OutboxRow row : rows) {
            int round = before.merge(row.aggregateId(), 1, Integer::sum) - 1;
            if (round == rounds.size()) {
                rounds.add(new ArrayList<>());
            }
            rounds.get(round).add(row);
        }
        return rounds;
    }

    private ProducerRecord<String, byte[]> record(EventReplay replay, OutboxRow row) {
        ProducerRecord<String, byte[]> record = row.toRecord(settings.group(), name(replay));
        record.headers().add(MARK, replay.id().toString().getBytes(StandardCharsets.UTF_8));
        return record;
    }
}
