package io.tillstream.web.idempotency;

import io.r2dbc.spi.Parameters;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Problem;
import io.tillstream.web.WebSettings;
import io.tillstream.web.lease.LeaseHeartbeat;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * The table of keys and their answers. A key stands for one request: longer than its answer is kept, and where ids
 * are derived from it, as long as anything may have that id. Every call is one statement, so each is its own transaction; the
 * caller shields them against cancel.
 */
final class IdempotencyKeys {

    private static final int CLEAN_UP_ROWS = 1_000; // one short statement
    private static final int ANSWER_CHARACTERS = 256 * 1024; // our answers have a few KiB

    /** A run is longer only if it hangs: requests are answered within 12 s, and Stripe is waited for at most 30 s. */
    private static final Duration HANGS_AFTER = Duration.ofSeconds(60);

    /** Each half has an index of its own: keys that stay are not even read. */
    static final String CLEAN_UP = """
            with expired as (
                select key_hash from idempotency_keys where expires_at < now() and answer is not null
                order by expires_at desc limit :rows for update skip locked),
            emptied as (
                update idempotency_keys set answer = null
                where key_hash in (select key_hash from expired) returning 1),
            old as (
                select key_hash from idempotency_keys
                where not derives_id and answer is null
                    and expires_at < now() - :keep * interval '1 second'
                order by expires_at limit :rows for update skip locked),
            forgotten as (
                delete from idempotency_keys where key_hash in (select key_hash from old) returning 1)
            select (select count(*) from emptied) + (select count(*) from forgotten) as n
            """;

    private final DatabaseClient db;
    private final Duration keep;
    private final LeaseHeartbeat heartbeat;
    private final Duration keepRefused;

    IdempotencyKeys(DatabaseClient db, WebSettings settings) {
        this.db = db;
        this.keep = settings.idempotencyKeep();
        this.heartbeat = new LeaseHeartbeat("an idempotency key", settings.idempotencyLease());
        this.keepRefused = settings.refusedKeysKeep();
    }

    /** Empty: the key is ours to run. An answer: it was run before. Fails with 409 or 422 as the API says. */
    Mono<Optional<StoredResponse>> claim(KeyedRequest request) {
        return take(request)
                .flatMap(taken -> taken ? Mono.just(Optional.<StoredResponse>empty()) : found(request))
                .switchIfEmpty(Mono.error(Problem.conflict("idempotency-key-in-use", "Send it again in a moment.")
                        .withRetryAfter(Duration.ofSeconds(1))));
    }

    private Mono<Boolean> take(KeyedRequest request) {
        KeyedRequest.DerivedId derived = request.derived();
        String idIn = derived == null || derived.in().isEmpty() ? null : derived.in();
        return db.sql("""
                        insert into idempotency_keys as kept
                            (key_hash, request_hash, owner, lease_until, expires_at, derives_id, derived_id, id_in)
                        values (:key, :request, :owner, now() + make_interval(secs => :lease),
                            now() + :keep * interval '1 second', :derivesId, :derivedId, :idIn)
                        on conflict (key_hash) do update
                        set request_hash = excluded.request_hash, owner = excluded.owner, answer = null,
                            lease_until = excluded.lease_until, expires_at = excluded.expires_at,
                            doubts = kept.doubts + 1
                        where kept.request_hash = excluded.request_hash
                            and (kept.expires_at < now() or (kept.answer is null and kept.lease_until <= now()))
                        """)
                .bind("derivesId", derived != null)
                .bind("derivedId", derived == null ? Parameters.in(UUID.class) : Parameters.in(derived.id()))
                .bind("idIn", idIn == null ? Parameters.in(String.class) : Parameters.in(idIn))
                .bind("key", request.keyHash())
                .bind("request", request.requestHash())
                .bind("owner", request.owner())
                .bind("lease", heartbeat.seconds())
                .bind("keep", keep.toSeconds())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** Whether something was, or is, asked for with the key. */
    Mono<Boolean> isKept(byte[] keyHash) {
        return db.sql("select exists (select 1 from idempotency_keys where key_hash = :key) as kept")
                .bind("key", keyHash)
                .map(row -> Objects.requireNonNull(row.get("kept", Boolean.class)))
                .one();
    }

    private record Row(ByteBuffer requestHash, Optional<byte[]> answer) {}

    private Mono<Optional<StoredResponse>> found(KeyedRequest request) {
        return db.sql("select request_hash, answer from idempotency_keys where key_hash = :key")
                .bind("key", request.keyHash())
                .map(row -> {
                    ByteBuffer hash = Objects.requireNonNull(row.get("request_hash", ByteBuffer.class));
                    return new Row(hash, Optional.ofNullable(row.get("answer", byte[].class)));
                })
                .one()
                .flatMap(row -> {
                    if (!request.hasBody(row.requestHash())) {
                        return Mono.error(Problem.of(
                                422,
                                "idempotency-key-reused",
                                "The Idempotency-Key was used before with another request body."));
                    }
                    return Mono.justOrEmpty(row.answer().map(request::opened)).map(Optional::of);
                });
    }

    /**
     * The run keeps its key until its answer is kept, however slow the work or the table is; one that hangs loses it, or the
     * client would never be told anything.
     */
    <T> Mono<T> during(KeyedRequest request, Mono<T> run) {
        return Mono.defer(() -> {
            long begunAt = System.nanoTime();
            Mono<Boolean> renew = Mono.defer(
                    () -> System.nanoTime() - begunAt < HANGS_AFTER.toNanos() ? renew(request) : Mono.just(false));
            return heartbeat.alongside(renew, run);
        });
    }

    private Mono<Boolean> renew(KeyedRequest request) {
        return db.sql("""
                        update idempotency_keys set lease_until = now() + make_interval(secs => :lease)
                        where key_hash = :key and owner = :owner and answer is null
                        """)
                .bind("lease", heartbeat.seconds())
                .bind("key", request.keyHash())
                .bind("owner", request.owner())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    /** Keeps the answer for repeats, or lets the next run begin at once if the answer says that nothing was done. */
    Mono<Void> finish(KeyedRequest request, StoredResponse answer, Idempotent rule) {
        if (!answer.isFinal(rule) || answer.body().length() > ANSWER_CHARACTERS) {
            return release(request, answer);
        }
        return db.sql("update idempotency_keys set answer = :answer where key_hash = :key and owner = :owner")
                .bind("answer", request.sealed(answer))
                .bind("key", request.keyHash())
                .bind("owner", request.owner())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** The run is over, the key still stands for its request: something may have an id that was derived from it. */
    private Mono<Void> release(KeyedRequest request, StoredResponse answer) {
        return db.sql("""
                        update idempotency_keys set lease_until = now(), owner = :nobody, doubts = doubts - :refusals
                        where key_hash = :key and owner = :owner and answer is null
                        """)
                .bind("nobody", UUID.randomUUID()) // a heartbeat that comes late renews nothing
                .bind("refusals", answer.isRefusal() ? 1 : 0)
                .bind("key", request.keyHash())
                .bind("owner", request.owner())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /**
     * Deletes the answers of some expired keys, and some keys from which no id was derived and that expired long ago. Gives how
     * many both were, so that the caller goes on while there are more.
     */
    Mono<Long> cleanUp() {
        return db.sql(CLEAN_UP)
                .bind("keep", keepRefused.toSeconds())
                .bind("rows", CLEAN_UP_ROWS)
                .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
                .one();
    }

    /**
     * Deletes some keys of which every run was refused long ago and whose id nothing has; of those whose id something has it is
     * noted that they stay. Gives how many both were.
     */
    Mono<Long> forgetRefused(IdPlace place) {
        return db.sql("""
                        with due as (
                            select key_hash, derived_id from idempotency_keys
                            where doubts = 0 and id_in = :idIn and expires_at < now() - :keep * interval '1 second'
                            order by expires_at limit :rows for update skip locked),
                        used as (select key_hash from due where %s),
                        staying as (
                            update idempotency_keys set doubts = 1
                            where key_hash in (select key_hash from used) returning 1),
                        forgotten as (
                            delete from idempotency_keys
                            where key_hash in (select key_hash from due)
                                and key_hash not in (select key_hash from used) returning 1)
                        select (select count(*) from staying) + (select count(*) from forgotten) as n
                        """.formatted(place.condition("derived_id")))
                .bind("idIn", place.name())
                .bind("keep", keepRefused.toSeconds())
                .bind("rows", CLEAN_UP_ROWS)
                .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
                .one();
    }
}
