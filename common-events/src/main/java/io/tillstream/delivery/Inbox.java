package io.tillstream.delivery;

import io.tillstream.stripeevents.StripeEvent;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Which events have been applied here: no row, no effect; one row, one effect. */
final class Inbox {

    private final DatabaseClient database;

    Inbox(DatabaseClient database) {
        this.database = database;
    }

    /** Whether the event is new here; it is entered in the transaction in which this runs. */
    Mono<Boolean> enter(StripeEvent event) {
        return database.sql("insert into inbox (event_id, type) values (:id, :type) on conflict do nothing")
                .bind("id", event.id())
                .bind("type", event.type())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
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
