package io.tillstream.delivery;

import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import io.tillstream.stripeevents.StripeEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Which events have been applied here: no row, no effect; one row, one effect. */
final class Inbox {

    /** An event that is parked at this very moment may look as if it were not: its next try finds it applied, and ends. */
    private static final String ENTER = """
            with entered as (
                insert into inbox (event_id, type)
                select :id, :type
                where cast(:key as text) is null
                   or not exists (select 1 from set_aside_records where record_key = :key)
                on conflict do nothing
                returning 1)
            select exists (select 1 from entered) as entered,
                exists (select 1 from parked_events where event_id = :id) as parked
            """;

    private final DatabaseClient database;

    Inbox(DatabaseClient database) {
        this.database = database;
    }

    /**
     * What was found of an event.
     *
     * @param isNew whether it is entered now, and so is to be applied
     * @param isParked whether it waits here: then it is to be removed there once it is applied
     */
    record Entry(boolean isNew, boolean isParked) {}

    /**
     * Enters the event in the transaction in which this runs, unless it is there already. Fails with {@link KeyIsSetAside}
     * where an earlier record of {@code key} waits; null waits for nobody.
     */
    Mono<Entry> enter(StripeEvent event, @Nullable String key) {
        return enter(event.id(), event.type(), key);
    }

    /** As above, for the event of anybody. */
    Mono<Entry> enter(String eventId, String type, @Nullable String key) {
        return database.sql(ENTER)
                .bind("id", eventId)
                .bind("type", type)
                .bind("key", key == null ? Parameters.in(String.class) : Parameters.in(key))
                .map(row -> new Entry(flag(row, "entered"), flag(row, "parked")))
                .one()
                .flatMap(entry -> entry.isNew() || key == null ? Mono.just(entry) : wasApplied(eventId, entry));
    }

    private static boolean flag(Readable row, String column) {
        return Objects.requireNonNull(row.get(column, Boolean.class));
    }

    private Mono<Entry> wasApplied(String eventId, Entry entry) {
        return database.sql("select 1 from inbox where event_id = :id")
                .bind("id", eventId)
                .map(row -> entry)
                .one()
                .switchIfEmpty(Mono.error(KeyIsSetAside::new));
    }

    /** Takes the entry back: a parked event has not been applied. */
    Mono<Void> leave(StripeEvent event) {
        return database.sql("delete from inbox where event_id = :id")
                .bind("id", event.id())
                .fetch()
                .rowsUpdated()
                .then();
    }
}
