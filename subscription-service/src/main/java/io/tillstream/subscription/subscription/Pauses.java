package io.tillstream.subscription.subscription;

import java.time.Clock;
import java.time.Instant;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** When the collection of subscriptions was paused, by whomever. */
@Repository
public class Pauses {

    private final DatabaseClient database;
    private final Clock clock;

    Pauses(DatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Under the lock of the subscription's row, in the transaction of the step. */
    public Mono<Void> follow(Subscription known, Subscription next, Cause cause) {
        boolean was = known.pause() != null;
        boolean is = next.pause() != null;
        if (was == is) {
            return Mono.empty();
        }
        Instant at = cause.created() > 0 ? Instant.ofEpochSecond(cause.created()) : next.now(clock.instant());
        return database.sql(is ? """
                        insert into subscription_pauses (subscription_id, began_at) values (:id, :at)
                        on conflict (subscription_id, began_at) do update set ended_at = null
                        """ : """
                        update subscription_pauses set ended_at = greatest(began_at, :at)
                        where subscription_id = :id and ended_at is null
                        """)
                .bind("id", next.id())
                .bind("at", at)
                .fetch()
                .rowsUpdated()
                .then();
    }
}
