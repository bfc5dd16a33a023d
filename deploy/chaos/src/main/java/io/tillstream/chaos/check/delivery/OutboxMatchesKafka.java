package io.tillstream.chaos.check.delivery;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.EventRecords.OutboxEntry;
import io.tillstream.chaos.check.observation.EventRecords.Published;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * E1: every row of an outbox is on Kafka, nothing is there without one, and the events of one aggregate stand in one partition in
 * the order in which they were written.
 *
 * <p>A row that was sent is cleaned up after a time: of older events only the record is left, which is no breach. Where a relay died
 * between the acknowledgement and its note of it, a record may stand there once more: its first place counts. What was sent at any
 * other time, or by a service that was well, stands there once.
 */
public final class OutboxMatchesKafka {

    private static final String E1 = "E1";

    private final Observation seen;
    private final Map<String, OutboxEntry> written;
    private final List<Breach> breaches = new ArrayList<>();

    private OutboxMatchesKafka(Observation seen) {
        this.seen = seen;
        this.written = seen.outbox().stream()
                .collect(Collectors.toMap(OutboxEntry::id, row -> row, (one, other) -> one, LinkedHashMap::new));
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new OutboxMatchesKafka(seen);
        Map<String, List<Published>> told = seen.published().stream()
                .collect(Collectors.groupingBy(Published::id, LinkedHashMap::new, Collectors.toList()));
        invariant.allWritten(told);
        told.forEach(invariant::told);
        invariant.inOrder(told);
        return invariant.breaches;
    }

    private void allWritten(Map<String, List<Published>> told) {
        written.forEach((id, row) -> {
            if (!told.containsKey(id)) {
                breach(row.type() + " " + id + " was never published", id, row.key());
            } else if (!told.get(id).get(0).key().equals(row.key())) {
                breach(row.type() + " " + id + " was published under another key", id, row.key());
            }
        });
    }

    private void told(String id, List<Published> records) {
        Published first = records.get(0);
        if (!written.containsKey(id) && !isCleanedUp(first)) {
            breach(first.type() + " " + id + " was published by nobody", id, first.key());
        }
        if (records.size() > 1 && !mayStandTwice(first)) {
            breach(first.type() + " " + id + " was published " + records.size() + " times", id, first.key());
        }
    }

    private boolean mayStandTwice(Published first) {
        return Arrays.stream(Service.values())
                .filter(service -> service.topic().equals(first.topic()))
                .anyMatch(service -> seen.expected().mayStandTwice(service, first.published()));
    }

    private boolean isCleanedUp(Published record) {
        Instant at = record.content().at();
        return at != null && at.isBefore(Instant.now().minus(seen.expected().outboxKept()));
    }

    private void inOrder(Map<String, List<Published>> told) {
        told.values().stream()
                .map(records -> records.get(0))
                .filter(record -> written.containsKey(record.id()))
                .collect(Collectors.groupingBy(record -> record.topic() + " " + record.key()))
                .forEach(this::inOrder);
    }

    private void inOrder(String aggregate, List<Published> records) {
        if (records.stream().map(Published::partition).distinct().count() > 1) {
            breach(aggregate + " is on several partitions", records.get(0).key());
        }
        List<Long> sequence = records.stream()
                .sorted(Comparator.comparingLong(Published::offset))
                .map(record -> Objects.requireNonNull(written.get(record.id())).sequence())
                .toList();
        if (!sequence.equals(sequence.stream().sorted().toList())) {
            breach(
                    aggregate + " was published in the order " + sequence,
                    records.get(0).key());
        }
    }

    private void breach(String sentence, String... ids) {
        breaches.add(Breach.of(E1, sentence, ids));
    }
}
