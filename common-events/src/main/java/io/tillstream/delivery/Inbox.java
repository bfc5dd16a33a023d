package io.tillstream.delivery;

import io.r2dbc.spi.Parameters;
import io.tillstream.stripeevents.StripeEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Which events have been applied here: no row, no effect; one row, one effect. */
final class Inbox {

    private final DatabaseClient database;

    Inbox(DatabaseClient database) {
        this.database = database;
    }

    /**
     * Whether the event is new here; it is entered in the transaction in which this runs. Fails with
     * {@link KeyIsSetAside} where an earlier record of {@code key} waits; null waits for nobody.
     */
    Mono<Boolean> enter(StripeEvent event, @Nullable String key) {
        return enter(event.id(), event.type(), key);
    }

    /** As above, for the event of anybody. */
    Mono<Boolean> enter(String eventId, String type, @Nullable String key) {
        return database.sql("""
            insert into inbox (event_id, type)
            select :id, :type
            where cast(:key as text) is null
               or not exists (select 1 from set_aside_records where record_key = :key)
            on conflict do nothing
            """)
                .bind("id", eventId)
                .bind("type", type)
                .bind("key", key == null ? Parameters.in(String.class) : Parameters.in(key))
                .fetch()
                .rowsUpdated()
                .flatMap(rows -> rows == 1 || key == null ? Mono.just(rows == 1) : wasApplied(eventId));
    }

    private Mono<Boolean> wasApplied(String eventId) {
        return database.sql("select 1 from inbox where event_id = :id")
                .bind("id", eventId)
                .map(row -> false)
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
