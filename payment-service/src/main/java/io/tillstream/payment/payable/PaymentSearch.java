package io.tillstream.payment.payable;

import io.tillstream.sql.WhereClause;
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
        return new WhereClause()
                .and("user_id = :userId", "userId", words.userId())
                .and("reference = :reference", "reference", words.reference())
                .and("status = :status", "status", status == null ? null : status.text())
                .and("stripe_intent_id = :intentId", "intentId", words.intentId())
                .and("stripe_session_id = :sessionId", "sessionId", words.sessionId())
                .and(
                        "(created_at, id) < (:before, cast(:beforeId as uuid))",
                        "before",
                        after == null ? null : after.createdAt(),
                        "beforeId",
                        after == null ? null : after.id())
                .in(database, "select * from payments", "order by created_at desc, id desc limit :rows")
                .bind("rows", paging.rowsToRead())
                .map(Payments::read)
                .all();
    }

    /**
     * A move of a payment, and what caused it: api, event:ID, or stripe:WHY where Stripe was read. With dismissal:REFUND it only
     * says that an operator dismissed a refund, why and who.
     */
    public record Move(int version, @Nullable String from, String to, String cause, Instant at) {}

    /** Why a payment is in its state, the oldest first. */
    public Flux<Move> moves(UUID paymentId) {
        return database.sql("""
                        select version, from_status, to_status, cause, at from payment_history
                        where payment_id = :id
                        union all
                        select p.version, p.status, p.status,
                            'dismissal:' || r.id || ' ' || r.dismissed_reason || ' by ' || r.dismissed_by, r.dismissed_at
                        from refunds r join payments p on p.id = r.payment_id
                        where r.payment_id = :id and r.dismissed_at is not null
                        order by version, at
                        """)
                .bind("id", paymentId)
                .map(row -> new Move(
                        Column.get(row, "version", Integer.class),
                        Column.text(row, "from_status"),
                        Column.get(row, "to_status", String.class),
                        Column.get(row, "cause", String.class),
                        Column.get(row, "at", OffsetDateTime.class).toInstant()))
                .all();
    }
}
