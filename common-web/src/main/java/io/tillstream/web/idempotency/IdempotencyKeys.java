package io.tillstream.web.idempotency;

import io.tillstream.web.Problem;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * The table of keys and their answers. Every call is one statement, so each is its own transaction; the caller shields
 * them against cancel.
 */
final class IdempotencyKeys {

    private static final int CLEAN_UP_ROWS = 1_000; // one short statement
    private static final int ANSWER_CHARACTERS = 256 * 1024; // our answers have a few KiB

    private final DatabaseClient db;
    private final Duration keep;
    private final Duration lease;

    IdempotencyKeys(DatabaseClient db, Duration keep, Duration lease) {
        this.db = db;
        this.keep = keep;
        this.lease = lease;
    }

    /** Empty: the key is ours to run. An answer: it was run before. Fails with 409 or 422 as the API says. */
    Mono<Optional<KeptAnswer>> claim(KeyedRequest request) {
        return take(request)
                .flatMap(taken -> taken ? Mono.just(Optional.<KeptAnswer>empty()) : found(request))
                .switchIfEmpty(Mono.error(Problem.conflict("idempotency-key-in-use", "Send it again in a moment.")
                        .withRetryAfter(Duration.ofSeconds(1))));
    }

    private Mono<Boolean> take(KeyedRequest request) {
        return db.sql("""
                        insert into idempotency_keys as kept (key_hash, request_hash, owner, lease_until, expires_at)
                        values (:key, :request, :owner, now() + :lease * interval '1 second', now() + :keep * interval '1 second')
                        on conflict (key_hash) do update
                        set request_hash = excluded.request_hash, owner = excluded.owner, answer = null,
                            lease_until = excluded.lease_until, expires_at = excluded.expires_at
                        where kept.expires_at < now()
                           or (kept.answer is null and kept.lease_until < now()
                               and kept.request_hash = excluded.request_hash)
                        """)
                .bind("key", request.keyHash())
                .bind("request", request.requestHash())
                .bind("owner", request.owner())
                .bind("lease", lease.toSeconds())
                .bind("keep", keep.toSeconds())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }

    private record Row(ByteBuffer requestHash, Optional<byte[]> answer) {}

    private Mono<Optional<KeptAnswer>> found(KeyedRequest request) {
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

    /** Keeps the answer for repeats, or frees the key if the answer says that nothing was done. */
    Mono<Void> finish(KeyedRequest request, KeptAnswer answer) {
        if (!answer.isFinal() || answer.body().length() > ANSWER_CHARACTERS) {
            return free(request);
        }
        return db.sql("update idempotency_keys set answer = :answer where key_hash = :key and owner = :owner")
                .bind("answer", request.sealed(answer))
                .bind("key", request.keyHash())
                .bind("owner", request.owner())
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Void> free(KeyedRequest request) {
        return db.sql("delete from idempotency_keys where key_hash = :key and owner = :owner and answer is null")
                .bind("key", request.keyHash())
                .bind("owner", request.owner())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Deletes some expired keys; gives how many, so that the caller goes on while there are more. */
    Mono<Long> cleanUp() {
        return db.sql("""
                        delete from idempotency_keys where key_hash in (
                            select key_hash from idempotency_keys where expires_at < now()
                            order by expires_at limit :rows for update skip locked)
                        """).bind("rows", CLEAN_UP_ROWS).fetch().rowsUpdated();
    }
}
