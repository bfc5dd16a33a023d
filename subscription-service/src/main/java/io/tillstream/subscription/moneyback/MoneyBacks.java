package io.tillstream.subscription.moneyback;

import io.tillstream.subscription.sql.Column;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** The tables of money that goes back, and of which intent paid which invoice. They change only under their subscription's lock. */
@Repository
class MoneyBacks {

    private static final String PUT = """
            insert into invoice_money_back as known
                (object_id, stripe_invoice_id, kind, status, amount, counts, since, fact, gone_since)
            values (:id, :invoice, :kind, :status, :amount, :counts, :since, cast(:fact as jsonb),
                case when :gone then clock_timestamp() end)
            on conflict (object_id) do update
            set status = :status, amount = :amount, counts = :counts, fact = cast(:fact as jsonb),
                since = least(known.since, :since), updated_at = now(),
                gone_since = case when :gone then coalesce(known.gone_since,
                    case when known.counts and (known.kind <> 'dispute' or known.status = 'lost') then known.since end,
                    clock_timestamp()) end
            """;

    /** Of all that was paid for a period, what is credit is not given back too. What we owe is not in an operator's way. */
    private static final String LEFT = """
            select least((select paid - back - asked - credit
                          from invoice_periods join period_money using (subscription_id, period)
                          where subscription_id = i.subscription_id and stripe_invoice_id = i.stripe_invoice_id), i.amount_paid
                 - coalesce((select sum(b.amount) from invoice_money_back b
                             where b.stripe_invoice_id = i.stripe_invoice_id and b.counts), 0)
                 - coalesce((select sum(r.amount) from invoice_refunds r
                             where r.stripe_invoice_id = i.stripe_invoice_id and r.status = 'asked' and r.purpose = 'requested'), 0)) as remaining,
                 exists (select 1 from invoice_money_back b
                         where b.stripe_invoice_id = i.stripe_invoice_id and b.kind = 'dispute' and b.counts
                           and b.status <> 'lost') as disputed,
                 exists (select 1 from subscription_changes c
                         where c.subscription_id = i.subscription_id and c.status = 'asked')
                 or exists (select 1 from subscriptions s where s.id = i.subscription_id and s.ended_at is null
                            and (s.pending_plan_id is not null or s.pending_quantity is not null)) as changes
            from invoices i where i.stripe_invoice_id = :invoice
            """;

    private final DatabaseClient database;

    MoneyBacks(DatabaseClient database) {
        this.database = database;
    }

    /** What was known of an object: its status and fact. */
    record Known(String status, boolean counts, String fact) {

        /** Whether the bank of a dispute has the money, or had it, as far as was known. */
        boolean tookMoney() {
            return counts || MoneyBack.isWithdrawn(fact);
        }
    }

    /** What people see of it on the invoice. */
    Mono<Void> noteRefunded(String invoiceId) {
        return database.sql("""
                        update invoices set amount_refunded = (
                            select coalesce(sum(amount), 0) from invoice_money_back
                            where stripe_invoice_id = :invoice and counts and kind in ('refund', 'credit_note'))
                        where stripe_invoice_id = :invoice
                        """)
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /**
     * What of an invoice's payment is neither given back, nor about to be; whether its bank disputes it; and whether a change of its
     * subscription is going on, or waits for its payment, which may make credit of it.
     */
    record RefundableRest(long amount, boolean disputed, boolean changes) {}

    Mono<Known> find(String objectId) {
        return database.sql("select status, counts, fact::text as fact from invoice_money_back where object_id = :id")
                .bind("id", objectId)
                .map(row -> new Known(
                        Column.present(row, "status", String.class),
                        Column.present(row, "counts", Boolean.class),
                        Column.present(row, "fact", String.class)))
                .one();
    }

    Mono<Void> put(String invoiceId, MoneyBack back, Instant since) {
        return database.sql(PUT)
                .bind("id", back.id())
                .bind("invoice", invoiceId)
                .bind("kind", back.kind().text())
                .bind("status", back.status())
                .bind("amount", back.amount())
                .bind("counts", back.counts())
                .bind("gone", back.isGone())
                .bind("since", since)
                .bind("fact", back.fact())
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<RefundableRest> left(String invoiceId) {
        return database.sql(LEFT)
                .bind("invoice", invoiceId)
                .map(row -> new RefundableRest(
                        Column.present(row, "remaining", BigDecimal.class).longValueExact(),
                        Column.present(row, "disputed", Boolean.class),
                        Column.present(row, "changes", Boolean.class)))
                .one();
    }

    /** The sum of what went back of an invoice. */
    Mono<Long> givenBack(String invoiceId) {
        return database.sql("select coalesce(sum(amount), 0)::bigint as total from invoice_money_back"
                        + " where stripe_invoice_id = :invoice and counts and kind in ('refund', 'credit_note')")
                .bind("invoice", invoiceId)
                .map(row -> Column.present(row, "total", Long.class))
                .one();
    }

    Mono<String> invoiceOf(@Nullable String paymentIntent) {
        return paymentIntent == null
                ? Mono.empty()
                : database.sql("select stripe_invoice_id from invoice_payments where payment_intent = :intent")
                        .bind("intent", paymentIntent)
                        .map(row -> Column.present(row, "stripe_invoice_id", String.class))
                        .one();
    }

    Mono<Void> paidBy(String paymentIntent, String invoiceId) {
        return database.sql("""
                        insert into invoice_payments (payment_intent, stripe_invoice_id) values (:intent, :invoice)
                        on conflict do nothing
                        """)
                .bind("intent", paymentIntent)
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }
}
