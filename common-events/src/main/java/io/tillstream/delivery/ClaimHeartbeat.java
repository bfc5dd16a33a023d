package io.tillstream.delivery;

import io.tillstream.web.lease.LeaseHeartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Keeps what a round took for as long as the round works on it: an instance that died or is frozen renews nothing, and
 * the others have its rows after one claim, however long a round may be.
 */
final class ClaimHeartbeat {

    private final DatabaseClient database;
    private final String renew;
    private final LeaseHeartbeat heartbeat;

    /**
     * @param table whose rows are due at {@code next_try_at}; a claim is that time, moved
     * @param claimedFor how long a claim lasts that is not renewed
     */
    ClaimHeartbeat(DatabaseClient database, String table, Duration claimedFor) {
        this.database = database;
        this.heartbeat = new LeaseHeartbeat(table, claimedFor);
        // What was put off, released or taken by another meanwhile has another time by now.
        this.renew = "update " + table + " set next_try_at = now() + make_interval(secs => :claimed)"
                + " where next_try_at = :until returning next_try_at";
    }

    Duration claimedFor() {
        return heartbeat.lease();
    }

    /** What another took meanwhile goes on here too: each event is applied once, whoever tries. */
    <T> Mono<T> during(Claim<?> claim, Mono<T> work) {
        return Mono.defer(() -> heartbeat.alongside(renewed(new AtomicReference<>(claim.until())), work));
    }

    private Mono<Boolean> renewed(AtomicReference<Instant> claimed) {
        return Mono.defer(() -> database.sql(renew)
                .bind("claimed", heartbeat.seconds())
                .bind("until", Objects.requireNonNull(claimed.get()))
                .map(row -> Objects.requireNonNull(row.get("next_try_at", Instant.class)))
                .all()
                .doOnNext(claimed::set)
                .count()
                .map(rows -> rows > 0));
    }
}
