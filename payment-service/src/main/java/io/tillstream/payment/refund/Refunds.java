package io.tillstream.payment.refund;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import io.tillstream.payment.payable.Row;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Refunds. They change only while their payable is locked, so that their sum never exceeds what was paid. */
@Repository
public class Refunds {

    private static final String INSERT = """
            insert into refunds (id, payment_id, reference, amount, currency, purpose, reason, note, status,
                stripe_refund_id, failure_reason, next_ask_at)
            values (:id, :paymentId, :reference, :amount, :currency, :purpose, :reason, :note, :status,
                :stripeId, :failureReason, now() + make_interval(secs => :askAfter::float8))
            on conflict (id) do nothing
            """;

    private static final String UPDATE = """
            update refunds
            set status = :status, stripe_refund_id = :stripeId, failure_reason = :failureReason, updated_at = now(),
                next_ask_at = case when :waits then coalesce(next_ask_at, now() + interval '1 minute') end
            where id = :id
            """;

    /** Asked after 1 minute, 5 times every 5 minutes, after an hour, then daily for 60 days: banks take up to 30. */
    private static final String CLAIM = """
            update refunds
            set asks = asks + 1,
                next_ask_at = case
                    when asks < 1 then now() + interval '1 minute'
                    when asks < 6 then now() + interval '5 minutes'
                    when asks < 7 then now() + interval '1 hour'
                    when asks < 67 then now() + interval '1 day' end
            where id in (
                select id from refunds where next_ask_at <= now()
                order by next_ask_at limit :batch for update skip locked)
            returning *
            """;

    private static final int BATCH = 20; // a second's worth of calls to Stripe

    private final DatabaseClient database;

    Refunds(DatabaseClient database) {
        this.database = database;
    }

    public Mono<Refund> find(UUID id) {
        return database.sql("select * from refunds where id = :id")
                .bind("id", id)
                .map(Refunds::read)
                .one();
    }

    Mono<Refund> findByStripeId(String stripeId) {
        return database.sql("select * from refunds where stripe_refund_id = :id")
                .bind("id", stripeId)
                .map(Refunds::read)
                .one();
    }

    /** All refunds for a reference, the oldest first. */
    public Flux<Refund> of(String reference) {
        return database.sql("select * from refunds where reference = :reference order by created_at, id")
                .bind("reference", reference)
                .map(Refunds::read)
                .all();
    }

    /** All refunds of some payments, the oldest first. */
    public Flux<Refund> ofPayments(Collection<UUID> payments) {
        if (payments.isEmpty()) {
            return Flux.empty();
        }
        return database.sql("select * from refunds where payment_id in (:payments) order by created_at, id")
                .bind("payments", payments)
                .map(Refunds::read)
                .all();
    }

    public Flux<Refund> ofPayment(UUID payment) {
        return ofPayments(java.util.List.of(payment));
    }

    /** {@code askAfterSeconds}: when the sweep takes it up; null for never. */
    Mono<Void> insert(Refund refund, @Nullable Double askAfterSeconds) {
        return database.sql(INSERT)
                .bind("id", refund.id())
                .bind("paymentId", refund.paymentId())
                .bind("reference", refund.reference())
                .bind("amount", refund.money().amount())
                .bind("currency", refund.money().currency())
                .bind("purpose", refund.purpose().text())
                .bind("reason", Row.in(refund.reason()))
                .bind("note", Row.in(refund.note()))
                .bind("status", refund.status().text())
                .bind("stripeId", Row.in(refund.stripeId()))
                .bind("failureReason", Row.in(refund.failureReason()))
                .bind("askAfter", Row.in(askAfterSeconds, Double.class))
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Void> update(Refund refund) {
        boolean waits =
                switch (refund.status()) {
                    case INITIATED, UNKNOWN, PENDING, REQUIRES_ACTION -> true;
                    case REFUSED, CANCELED, SUCCEEDED, FAILED -> false;
                };
        return database.sql(UPDATE)
                .bind("id", refund.id())
                .bind("status", refund.status().text())
                .bind("stripeId", Row.in(refund.stripeId()))
                .bind("failureReason", Row.in(refund.failureReason()))
                .bind("waits", waits)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Takes back a reservation about which Stripe was never asked. */
    Mono<Void> takeBack(UUID id) {
        return database.sql("delete from refunds where id = :id and status = 'initiated' and asks = 0")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    Flux<Refund> claimOverdue() {
        return database.sql(CLAIM).bind("batch", BATCH).map(Refunds::read).all();
    }

    private static Refund read(Readable row) {
        return new Refund(
                Row.get(row, "id", UUID.class),
                Row.get(row, "payment_id", UUID.class),
                Row.get(row, "reference", String.class),
                new Money(Row.get(row, "amount", Long.class), Row.get(row, "currency", String.class)),
                Refund.Purpose.of(Row.get(row, "purpose", String.class)),
                Row.text(row, "reason"),
                Row.text(row, "note"),
                RefundStatus.of(Row.get(row, "status", String.class)),
                Row.text(row, "stripe_refund_id"),
                Row.text(row, "failure_reason"),
                Row.get(row, "created_at", OffsetDateTime.class).toInstant());
    }
}
