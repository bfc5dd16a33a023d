package io.tillstream.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps what a round took for as long as the round works on it: an instance that died or is frozen renews nothing, and
 * the others have its rows after one claim, however long a round may be.
 */
final class ClaimHeartbeat {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimHeartbeat.class);

    private static final int BEATS = 3; // in one claim: two may fail

    private final DatabaseClient database;
    private final String renew;
    private final Duration claimedFor;

    /**
     * @param table whose rows are due at {@code next_try_at}; a claim is that time, moved
     * @param claimedFor how long a claim lasts that is not renewed
     */
    ClaimHeartbeat(DatabaseClient database, String table, Duration claimedFor) {
        this.database = database;
        this.claimedFor = claimedFor;
        // What was put off, released or taken by another meanwhile has another time by now.
        this.renew = "update " + table + " set next_try_at = now() + make_interval(secs => :claimed)"
                + " where next_try_at = :until returning next_try_at";
    }

    Duration claimedFor() {
        return claimedFor;
    }

    <T> Mono<T> during(Claim<?> claim, Mono<T> work) {
        return Mono.using(() -> beat(claim.until()), beating -> work, Disposable::dispose);
    }

    private Disposable beat(Instant until) {
        AtomicReference<Instant> claimed = new AtomicReference<>(until);
        return Flux.interval(claimedFor.dividedBy(BEATS))
                .onBackpressureDrop()
                .concatMap(tick -> renewed(claimed), 1)
                .subscribe();
    }

    private Mono<Void> renewed(AtomicReference<Instant> claimed) {
        return database.sql(renew)
                .bind("claimed", claimedFor.toMillis() / 1000.0)
                .bind("until", Objects.requireNonNull(claimed.get()))
                .map(row -> Objects.requireNonNull(row.get("next_try_at", Instant.class)))
                .all()
                .doOnNext(claimed::set)
                .then()
                .onErrorResume(fault -> {
                    LOG.info("A claim is not renewed: {}", fault.toString());
                    return Mono.empty();
                });
    }
}
