package io.tillstream.payment.payable;

import io.tillstream.web.Paging;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;

/** Payments of all users, for operators. */
@Repository
public class PaymentSearch {

    private static final String PAGE = """
            select * from payments
            where (:userId::text is null or user_id = :userId)
              and (:reference::text is null or reference = :reference)
              and (:status::text is null or status = :status)
              and (:intentId::text is null or stripe_intent_id = :intentId)
              and (:sessionId::text is null or stripe_session_id = :sessionId)
              and (:before::timestamptz is null or (created_at, id) < (:before::timestamptz, :beforeId::uuid))
            order by created_at desc, id desc
            limit :rows
            """;

    private final DatabaseClient database;

    PaymentSearch(DatabaseClient database) {
        this.database = database;
    }

    /** What is looked for; null: no matter. */
    public record Words(
            @Nullable String userId,
            @Nullable String reference,
            @Nullable PaymentStatus status,
            @Nullable String intentId,
            @Nullable String sessionId) {}

    /** The newest first. */
    public Flux<Payment> page(Words words, Paging paging) {
        PaymentStatus status = words.status();
        var after = paging.after();
        return database.sql(PAGE)
                .bind("userId", Row.in(words.userId()))
                .bind("reference", Row.in(words.reference()))
                .bind("status", Row.in(status == null ? null : status.text()))
                .bind("intentId", Row.in(words.intentId()))
                .bind("sessionId", Row.in(words.sessionId()))
                .bind("before", Row.in(after == null ? null : after.createdAt().toString()))
                .bind("beforeId", Row.in(after == null ? null : after.id()))
                .bind("rows", paging.rowsToRead())
                .map(Payments::read)
                .all();
    }

    /** A move of a payment, and what caused it: api, event:ID, or stripe:WHY where Stripe was read. */
    public record Move(int version, @Nullable String from, String to, String cause, Instant at) {}

    /** Why a payment is in its state, the oldest first. */
    public Flux<Move> moves(UUID paymentId) {
        return database.sql("""
                        select version, from_status, to_status, cause, at from payment_history
                        where payment_id = :id order by version
                        """)
                .bind("id", paymentId)
                .map(row -> new Move(
                        Row.get(row, "version", Integer.class),
                        Row.text(row, "from_status"),
                        Row.get(row, "to_status", String.class),
                        Row.get(row, "cause", String.class),
                        Row.get(row, "at", OffsetDateTime.class).toInstant()))
                .all();
    }
}
