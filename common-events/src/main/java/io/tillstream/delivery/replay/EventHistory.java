package io.tillstream.delivery.replay;

import io.r2dbc.spi.Readable;
import io.tillstream.delivery.OutboxRow;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The outbox's past: what was told, for as long as it is kept. Walked in steps, as it may be large. */
final class EventHistory {

    /** Numbers of one statement, of which few may be meant: tens of milliseconds. One aggregate's are found by an index. */
    private static final long STEP = 20_000;

    private static final int PAGE = 500; // events of a few KiB

    private final DatabaseClient database;

    EventHistory(DatabaseClient database) {
        this.database = database;
    }

    /**
     * What is there.
     *
     * @param from when the oldest was told; empty: nothing was
     */
    record Bounds(long first, long last, Optional<Instant> from) {}

    /**
     * The next events of a walk.
     *
     * @param position up to which all is among them
     */
    record Page(List<OutboxRow> rows, long position) {
        /** As far as these: the rest is read again. */
        Page first(int events) {
            return events == rows.size()
                    ? this
                    : new Page(rows.subList(0, events), rows.get(events - 1).seq());
        }
    }

    Mono<Bounds> bounds() {
        return database.sql("""
                        select coalesce(min(seq), 0) as first, coalesce(max(seq), 0) as last,
                               (select created_at from outbox order by seq limit 1) as oldest
                        from outbox
                        """)
                .map(row -> new Bounds(
                        Objects.requireNonNull(row.get("first", Long.class)),
                        Objects.requireNonNull(row.get("last", Long.class)),
                        Optional.ofNullable(row.get("oldest", Instant.class))))
                .one();
    }

    Mono<Long> count(EventSelection selection, Bounds bounds) {
        return steps(selection, bounds.first() - 1, bounds.last())
                .concatMap(after -> selection
                        .between(after, end(selection, after, bounds.last()))
                        .in(database, "select count(*) as n from outbox", "")
                        .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
                        .one())
                .reduce(0L, Long::sum);
    }

    private static Flux<Long> steps(EventSelection selection, long first, long last) {
        return Flux.generate(() -> first, (after, sink) -> {
            if (after >= last) {
                sink.complete();
                return after;
            }
            sink.next(after);
            return end(selection, after, last);
        });
    }

    private static long end(EventSelection selection, long after, long last) {
        return selection.aggregateId() != null ? last : Math.min(last, after + STEP);
    }

    /** In the order in which those of one aggregate were told; what is unsent yet is told live as well, with the same id. */
    Mono<Page> next(EventReplay replay) {
        long end = end(replay.selection(), replay.position(), replay.last());
        return replay.selection()
                .between(replay.position(), end)
                .in(
                        database,
                        "select seq, shard, id, topic, aggregate_id, type, payload, traceparent, created_at from outbox",
                        "order by seq limit " + PAGE)
                .map(EventHistory::read)
                .all()
                .collectList()
                .map(rows -> new Page(
                        rows,
                        rows.size() < PAGE ? end : rows.get(rows.size() - 1).seq()));
    }

    private static OutboxRow read(Readable row) {
        return new OutboxRow(
                Objects.requireNonNull(row.get("seq", Long.class)),
                Objects.requireNonNull(row.get("shard", Integer.class)),
                Objects.requireNonNull(row.get("id", UUID.class)).toString(),
                Objects.requireNonNull(row.get("topic", String.class)),
                Objects.requireNonNull(row.get("aggregate_id", String.class)),
                Objects.requireNonNull(row.get("type", String.class)),
                Objects.requireNonNull(row.get("payload", String.class)),
                row.get("traceparent", String.class),
                Objects.requireNonNull(row.get("created_at", OffsetDateTime.class)));
    }
}
