package io.tillstream.delivery;

import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import io.tillstream.stripeevents.StripeEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Verified events whose order, payment or customer is not known here yet.
 *
 * <p>Whoever creates the object calls {@link #release} in the same transaction. As an event may be parked by another
 * transaction at that very moment, parked events are also tried again by themselves, with growing waits.
 */
public final class ParkedEvents {

    /** Waits double up to 1 h; after a day of failed tries that is 24 look-ups a day for one event. */
    private static final String PARK = """
            insert into parked_events (event_id, type, waits_for, payload, next_try_at)
            values (:id, :type, :key, :payload, now() + make_interval(secs => :first))
            on conflict (event_id) do update
            set waits_for = :key,
                tries = parked_events.tries + 1,
                next_try_at = now() + least(make_interval(secs => :first) * power(2, least(parked_events.tries, 12)), interval '1 hour')
            """;

    /** Claimed while their round works on them ({@link ClaimHeartbeat}): what hangs or died keeps nobody else waiting. */
    private static final String CLAIM = """
            with due as (
                update parked_events set next_try_at = now() + make_interval(secs => :claimed)
                where event_id in (
                    select event_id from parked_events where next_try_at <= now()
                    order by next_try_at limit :most for update skip locked)
                returning event_id, waits_for, payload, parked_at, next_try_at)
            select event_id, waits_for, payload, next_try_at from due order by parked_at, event_id
            """;

    private static final String RELEASE =
            "update parked_events set next_try_at = now() where waits_for = any(cast(:keys as text[]))";

    private final DatabaseClient database;
    private final Writes writes;
    private final Duration first;
    private final ClaimHeartbeat claims;
    private final Runnable onRelease;

    ParkedEvents(DatabaseClient database, Writes writes, Duration first, Duration claimedFor, Runnable onRelease) {
        this.database = database;
        this.writes = writes;
        this.first = first;
        this.claims = new ClaimHeartbeat(database, "parked_events", claimedFor);
        this.onRelease = onRelease;
    }

    /** Work on what was taken, which is nobody else's meanwhile. */
    <T> Mono<T> during(Claim<Due> claim, Mono<T> work) {
        return claims.during(claim, work);
    }

    /** Makes what waits for {@code key} due. */
    public Mono<Void> release(String key) {
        return writes.send(releasing(List.of(key)));
    }

    /** Makes what waits for any of {@code keys} due, as part of what makes them known. */
    public Write releasing(List<String> keys) {
        return Write.of(RELEASE).bind("keys", keys.toArray(String[]::new)).then((context, released) -> {
            if (released > 0) {
                Transactions.afterCommit(context, onRelease);
            }
        });
    }

    Mono<Void> park(StripeEvent event, String key) {
        return database.sql(PARK)
                .bind("id", event.id())
                .bind("type", event.type())
                .bind("key", key)
                .bind("first", first.toMillis() / 1000.0)
                .bind("payload", event.storable())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** One that was taken to be tried again. */
    record Due(String eventId, String waitsFor, String json) {}

    /** After a fault: not at once again. */
    Mono<Void> postpone(String eventId) {
        return database.sql(
                        "update parked_events set tries = tries + 1, next_try_at = now() + interval '30 seconds' where event_id = :id")
                .bind("id", eventId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** What was taken and not tried to its end, as the database or the process was away: it is due no later than that. */
    Mono<Long> makeClaimedDue(int most) {
        return database.sql("""
            update parked_events set next_try_at = now()
            where event_id in (
                select event_id from parked_events
                where next_try_at > now() and next_try_at <= now() + make_interval(secs => :claimed)
                order by next_try_at limit :most for update skip locked)
            """)
                .bind("claimed", claims.claimedFor().toMillis() / 1000.0)
                .bind("most", most)
                .fetch()
                .rowsUpdated();
    }

    Mono<Void> remove(String eventId) {
        return database.sql("delete from parked_events where event_id = :id")
                .bind("id", eventId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Takes events that are due now, those that wait longest first; another instance gets others. */
    Mono<Claim<Due>> claimDue(int most) {
        return database.sql(CLAIM)
                .bind("most", most)
                .bind("claimed", claims.claimedFor().toMillis() / 1000.0)
                .map(row -> Map.entry(
                        new Due(
                                Objects.requireNonNull(row.get("event_id", String.class)),
                                Objects.requireNonNull(row.get("waits_for", String.class)),
                                new String(
                                        Objects.requireNonNull(row.get("payload", byte[].class)),
                                        StandardCharsets.UTF_8)),
                        Objects.requireNonNull(row.get("next_try_at", Instant.class))))
                .all()
                .collectList()
                .map(Claim::of);
    }

    /** Forgets what nobody claimed: no event is that late, and it is still on Kafka for a while. */
    Mono<Long> removeOlderThan(Duration age) {
        return database.sql("delete from parked_events where parked_at < now() - make_interval(secs => :seconds)")
                .bind("seconds", (double) age.toSeconds())
                .fetch()
                .rowsUpdated();
    }
}
