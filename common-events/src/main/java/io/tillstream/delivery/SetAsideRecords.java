package io.tillstream.delivery;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.UnreadableEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** The table of records that stepped aside. Of each key only the oldest is tried; the others wait behind it. */
final class SetAsideRecords {

    /** Claimed while their round works on them, see {@link ClaimHeartbeat}. */
    private static final String CLAIM = """
        update set_aside_records set next_try_at = now() + make_interval(secs => :claimed)
        where id in (
            select head.id from set_aside_records head
            where head.next_try_at <= now()
              and not exists (
                select 1 from set_aside_records before
                where before.record_key = head.record_key and before.id < head.id)
            order by head.next_try_at limit :most for update skip locked)
        returning id, record_key, topic, kafka_partition, kafka_offset, event_id, unknown_tries, next_try_at
        """;

    /** Waits double from 5 s up to 10 min. */
    private static final String LATER = """
        update set_aside_records
        set tries = tries + 1, cause = :cause, unknown_tries = case when :passes then 0 else unknown_tries + 1 end,
            next_try_at = now() + least(interval '5 seconds' * power(2, least(tries, 10)), interval '10 minutes')
        where id = :id
        """;

    /** What failed for a reason that passes, the next first; what waits behind it is due already. */
    private static final String MAKE_DUE = """
        update set_aside_records set next_try_at = now()
        where id in (
            select id from set_aside_records where next_try_at > now() and unknown_tries = 0
            order by next_try_at limit :most for update skip locked)
        """;

    private static final int CAUSE = 500; // characters

    private final DatabaseClient database;
    private final ClaimHeartbeat claims;

    /** @param claimedFor how long one that was taken is nobody else's, unless it is worked on for longer */
    SetAsideRecords(DatabaseClient database, Duration claimedFor) {
        this.database = database;
        this.claims = new ClaimHeartbeat(database, "set_aside_records", claimedFor);
    }

    /** Work on what was taken, which is nobody else's meanwhile. */
    <T> Mono<T> during(Claim<SetAside> claim, Mono<T> work) {
        return claims.during(claim, work);
    }

    /**
     * A record that waits.
     *
     * @param eventId empty where it has none
     * @param unknownTries since the last fault that passes: an outage tells nothing of the record
     */
    record SetAside(long id, String key, String topic, int partition, long offset, String eventId, int unknownTries) {}

    record Waiting(long count, long oldestSeconds) {}

    /** After it failed: it is tried again soon, its key's later records come behind it. */
    Mono<Void> add(ConsumerRecord<?, byte[]> record, String cause) {
        return insert(record, cause, 5);
    }

    /** It is due as soon as those before it are gone. */
    Mono<Void> addBehind(ConsumerRecord<?, byte[]> record) {
        return insert(record, "waits behind an earlier record", 0);
    }

    /** A dead letter that an operator wants to be tried again: it is due at once. */
    Mono<Void> replay(RecordPlace letter) {
        return insert(letter, "replayed by an operator", 0);
    }

    private Mono<Void> insert(ConsumerRecord<?, byte[]> record, String cause, int waitSeconds) {
        return insert(RecordPlace.of(record), cause, waitSeconds);
    }

    private Mono<Void> insert(RecordPlace place, String cause, int waitSeconds) {
        return database.sql("""
            insert into set_aside_records
                (record_key, topic, kafka_partition, kafka_offset, event_id, cause, next_try_at)
            values (:key, :topic, :partition, :offset, :event, :cause, now() + make_interval(secs => :wait))
            on conflict (topic, kafka_partition, kafka_offset) do nothing
            """)
                .bind("key", place.key())
                .bind("topic", place.topic())
                .bind("partition", place.partition())
                .bind("offset", place.offset())
                .bind("event", place.eventId())
                .bind("cause", shortened(cause))
                .bind("wait", (double) waitSeconds)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** A record on Kafka, and what is told apart by it. */
    record RecordPlace(String topic, int partition, long offset, String key, String eventId) {
        static RecordPlace of(ConsumerRecord<?, byte[]> record) {
            return new RecordPlace(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    SetAsideRecords.keyOf(record),
                    SetAsideRecords.eventId(record));
        }
    }

    /** A record without a key waits for nobody. */
    static String keyOf(ConsumerRecord<?, ?> record) {
        return record.key() == null
                ? record.partition() + "@" + record.offset()
                : record.key().toString();
    }

    /** Empty for one that has none, as it may be a dead letter for that. */
    static String eventId(ConsumerRecord<?, byte[]> record) {
        String published = PublishedEvent.header(record, "ce_id");
        if (published != null) {
            return published;
        }
        if (record.value() == null) {
            return "";
        }
        try {
            return StripeEvent.read(record.value()).id();
        } catch (UnreadableEvent unreadable) {
            return "";
        }
    }

    Mono<Claim<SetAside>> claimDue(int most) {
        return database.sql(CLAIM)
                .bind("most", most)
                .bind("claimed", claims.claimedFor().toMillis() / 1000.0)
                .map(row -> Map.entry(
                        new SetAside(
                                Objects.requireNonNull(row.get("id", Long.class)),
                                Objects.requireNonNull(row.get("record_key", String.class)),
                                Objects.requireNonNull(row.get("topic", String.class)),
                                Objects.requireNonNull(row.get("kafka_partition", Integer.class)),
                                Objects.requireNonNull(row.get("kafka_offset", Long.class)),
                                Objects.requireNonNull(row.get("event_id", String.class)),
                                Objects.requireNonNull(row.get("unknown_tries", Integer.class))),
                        Objects.requireNonNull(row.get("next_try_at", Instant.class))))
                .all()
                .collectList()
                .map(Claim::of);
    }

    Mono<Void> remove(SetAside record) {
        return database.sql("delete from set_aside_records where id = :id")
                .bind("id", record.id())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** It failed again, by a fault that {@code passes} or by an unknown one. */
    Mono<Void> later(SetAside record, String cause, boolean passes) {
        return database.sql(LATER)
                .bind("id", record.id())
                .bind("cause", shortened(cause))
                .bind("passes", passes)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Ends the rests of at most so many; tells of how many. */
    Mono<Long> makeDue(int most) {
        return database.sql(MAKE_DUE).bind("most", most).fetch().rowsUpdated();
    }

    Mono<Waiting> waiting() {
        return database.sql("""
            select count(*) as n, coalesce(extract(epoch from now() - min(set_aside_at)), 0)::bigint as age
            from set_aside_records
            """)
                .map(row -> new Waiting(
                        Objects.requireNonNull(row.get("n", Long.class)),
                        Objects.requireNonNull(row.get("age", Long.class))))
                .one();
    }

    private static String shortened(String cause) {
        return cause.length() <= CAUSE ? cause : cause.substring(0, CAUSE);
    }
}
