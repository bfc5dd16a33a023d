package com.example.fulfilment;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Until when all that was published has been applied. A refund that is still to be read is one that nobody here knows of, so what
 * comes due later than that waits: after an outage, for a new group, and while events are replayed.
 */
@Component
@Profile("!dead-letters")
class ReadingProgress {

    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Admin kafka;
    private final Shipments shipments;
    private final List<String> topics;
    private final String replays;
    private final Duration rest;

    private @Nullable Mark mark; // not reached yet
    private @Nullable Instant readUntil;
    private Map<TopicPartition, Long> replayed = Map.of();
    private Instant replayedAt = Instant.MIN;

    ReadingProgress(Admin kafka, Shipments shipments, FulfilmentSettings settings) {
        this.kafka = kafka;
        this.shipments = shipments;
        this.replays = KafkaConfiguration.replays(settings);
        this.topics =
                List.of(settings.topicPrefix() + "orders.events", settings.topicPrefix() + "payments.events", replays);
        this.rest = settings.shipAfter();
    }

    /** The ends of all partitions at a moment. */
    private record Mark(Instant at, Map<TopicPartition, Long> ends) {}

    /** Empty while that is not known yet, or a replay goes on: its next page may tell of a refund. For one thread. */
    Optional<Instant> readUntil() {
        Mark next = mark == null ? note() : mark;
        mark = next;
        if (isRead(next)) {
            readUntil = next.at();
            mark = null;
        }
        return Optional.ofNullable(readUntil).filter(read -> !read.isBefore(replayedAt.plus(rest)));
    }

    private Mark note() {
        Instant at = shipments.now(); // before the ends are asked for
        List<TopicPartition> partitions = answer(kafka.describeTopics(topics).allTopicNames()).values().stream()
                .flatMap(topic ->
                        topic.partitions().stream().map(each -> new TopicPartition(topic.name(), each.partition())))
                .toList();
        Mark noted = new Mark(at, offsets(partitions, OffsetSpec.latest()));
        Map<TopicPartition, Long> now = noted.ends().entrySet().stream()
                .filter(end -> end.getKey().topic().equals(replays))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (!now.equals(replayed)) {
            replayed = now;
            replayedAt = at;
        }
        return noted;
    }

    /** Offsets are committed after the transactions, also by other instances; where nothing is kept, nothing is to be read. */
    private boolean isRead(Mark noted) {
        Map<TopicPartition, Long> read = new HashMap<>(offsets(noted.ends().keySet(), OffsetSpec.earliest()));
        for (String group : List.of(OrderEventsListener.LIVE, OrderEventsListener.REPLAYED)) {
            answer(kafka.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                    .forEach((partition, committed) -> {
                        if (committed != null) {
                            read.merge(partition, committed.offset(), Math::max);
                        }
                    });
        }
        return noted.ends().entrySet().stream().allMatch(end -> read.getOrDefault(end.getKey(), 0L) >= end.getValue());
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(Collectors.toMap(each -> each, each -> which));
        return answer(kafka.listOffsets(asked).all()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, found -> found.getValue().offset()));
    }

    private static <T> T answer(KafkaFuture<T> asked) {
        try {
            return asked.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", cause);
        } catch (ExecutionException | TimeoutException cause) {
            throw new IllegalStateException("Kafka does not tell how far it was read", cause);
        }
    }
}
