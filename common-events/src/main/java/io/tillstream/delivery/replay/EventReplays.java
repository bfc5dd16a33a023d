package io.tillstream.delivery.replay;

import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import io.tillstream.delivery.Transactions;
import io.tillstream.sql.WhereClause;
import io.tillstream.web.Cursor;
import io.tillstream.web.Paging;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of replays. */
final class EventReplays {

    /** Longer than a page takes, and the end of those whose holder is gone. */
    static final Duration LEASE = Duration.ofSeconds(15);

    /** What does not get through in a day is told so: until then the outbox forgets nothing. */
    private static final String LONGEST = "interval '1 day'";

    private static final String INSERT = """
            insert into event_replays (id, consumer, aggregate_id, event_types, since, until, status, events, position, last)
            values (:id, :consumer, :aggregate, :types, :since, :until, 'running', :events, :position, :last)
            """;

    /** Of several, the one that has rested longest. */
    private static final String CLAIM = """
            update event_replays set token = token + 1, lease_until = now() + make_interval(secs => :lease)
            where id = (select id from event_replays where status = 'running' and lease_until <= now()
                        order by updated_at limit 1 for update skip locked)
            returning *
            """;

    private static final String ADVANCE = """
            update event_replays set position = :position, sent = sent + :sent, why = null, updated_at = now(),
                lease_until = now(), status = case when :position >= last then 'done' else 'running' end
            where id = :id and token = :token
            """;

    private static final String LATER = """
            update event_replays set why = :why, updated_at = now(), lease_until = now() + make_interval(secs => :rest),
                status = case when created_at < now() - %s then 'failed' else 'running' end
            where id = :id and token = :token and status = 'running'
            """.formatted(LONGEST);

    private final DatabaseClient database;
    private final Transactions transactions;

    EventReplays(DatabaseClient database, Transactions transactions) {
        this.database = database;
        this.transactions = transactions;
    }

    /** False: another one of the consumer is running. */
    Mono<Boolean> add(UUID id, String consumer, EventSelection selection, long events, EventHistory.Bounds bounds) {
        return transactions
                .statement(database.sql(INSERT)
                        .bind("id", id)
                        .bind("consumer", consumer)
                        .bind("aggregate", text(selection.aggregateId()))
                        .bind("types", selection.types().toArray(String[]::new))
                        .bind("since", time(selection.since()))
                        .bind("until", time(selection.until()))
                        .bind("events", events)
                        .bind("position", bounds.first() - 1)
                        .bind("last", bounds.last())
                        .fetch()
                        .rowsUpdated())
                .thenReturn(true)
                .onErrorResume(DuplicateKeyException.class, running -> Mono.just(false));
    }

    Mono<EventReplay> find(UUID id) {
        return database.sql("select * from event_replays where id = :id")
                .bind("id", id)
                .map(EventReplays::read)
                .one();
    }

    /** The newest first. */
    Flux<EventReplay> list(Paging paging) {
        Cursor after = paging.after();
        return new WhereClause()
                .and(
                        "(created_at, id::text) < (:at, :id)",
                        "at",
                        after == null ? null : after.createdAt(),
                        "id",
                        after == null ? null : after.id())
                .in(
                        database,
                        "select * from event_replays",
                        "order by created_at desc, id desc limit " + paging.rowsToRead())
                .map(EventReplays::read)
                .all();
    }

    /** One that nobody works on, for this instance alone until its lease runs out. */
    Mono<EventReplay> claim() {
        return transactions.statement(database.sql(CLAIM)
                .bind("lease", (double) LEASE.toSeconds())
                .map(EventReplays::read)
                .one());
    }

    /** What was sent is sent: unless another instance has taken over meanwhile, which then sends it again. */
    Mono<Void> advance(EventReplay replay, long position, long sent) {
        return transactions
                .statement(database.sql(ADVANCE)
                        .bind("id", replay.id())
                        .bind("token", replay.token())
                        .bind("position", position)
                        .bind("sent", sent)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    Mono<Void> later(EventReplay replay, String why, Duration rest) {
        return transactions
                .statement(database.sql(LATER)
                        .bind("id", replay.id())
                        .bind("token", replay.token())
                        .bind("why", why)
                        .bind("rest", rest.toMillis() / 1000.0)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    private static Object text(@Nullable String value) {
        return value == null ? Parameters.in(String.class) : value;
    }

    private static Object time(@Nullable Instant value) {
        return value == null ? Parameters.in(Instant.class) : value;
    }

    private static EventReplay read(Readable row) {
        return new EventReplay(
                Objects.requireNonNull(row.get("id", UUID.class)),
                Objects.requireNonNull(row.get("consumer", String.class)),
                new EventSelection(
                        row.get("aggregate_id", String.class),
                        List.of(Objects.requireNonNull(row.get("event_types", String[].class))),
                        row.get("since", Instant.class),
                        row.get("until", Instant.class)),
                EventReplay.Status.valueOf(
                        Objects.requireNonNull(row.get("status", String.class)).toUpperCase(Locale.ROOT)),
                row.get("why", String.class),
                Objects.requireNonNull(row.get("events", Long.class)),
                Objects.requireNonNull(row.get("sent", Long.class)),
                Objects.requireNonNull(row.get("position", Long.class)),
                Objects.requireNonNull(row.get("last", Long.class)),
                Objects.requireNonNull(row.get("token", Long.class)),
                Objects.requireNonNull(row.get("created_at", Instant.class)),
                Objects.requireNonNull(row.get("updated_at", Instant.class)));
    }
}
