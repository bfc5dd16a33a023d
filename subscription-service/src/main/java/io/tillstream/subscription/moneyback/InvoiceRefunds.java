package io.tillstream.subscription.moneyback;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import io.tillstream.subscription.sql.Column;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of refunds that we make of invoices. */
@Repository
class InvoiceRefunds {

    private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(60); // longer than a call to Stripe can take
    private static final int BATCH = 20; // two calls to Stripe each

    /** By how much of an invoice's money went back, whoever gave it: what may come again does not count. */
    static final String GONE = """
            (select coalesce(sum(b.amount), 0) from invoice_money_back b
             where b.stripe_invoice_id = owed.stripe_invoice_id and b.counts and (b.kind <> 'dispute' or b.status = 'lost'))
            """;

    /** Of what came too late, what is still there. */
    static final String REST = " case when owed.purpose = 'late_payment' then greatest(0, owed.amount - " + GONE
            + ") else owed.amount end as rest ";

    /** Claimed for the length of the next rest; what is owed stays owed, so there is no last try. */
    private static final String CLAIM = """
            update invoice_refunds owed
            set tries = tries + 1, updated_at = now(),
                next_attempt_at = now() + least(interval '1 minute' * power(2, least(tries, 11)), interval '1 day')
            where id in (select id from invoice_refunds where next_attempt_at <= now() and status = 'asked'
                         order by next_attempt_at limit :batch for update skip locked)
            returning *,""" + REST;

    /**
     * What Stripe refused for good as more than is left, of which we had not heard, is asked for again as the rest that it is.
     * That refusal has a message, but no code of its own. Any other reason needs a person all the same.
     */
    private static final String GIVEN_BACK_OTHERWISE = """
            update invoice_refunds owed
            set status = case when amount <= gone.sum then 'done' else 'asked' end,
                why = case when amount <= gone.sum then 'given_back_otherwise' end,
                next_attempt_at = case when amount > gone.sum then now() end, updated_at = now()
            from (select""" + GONE + """
                    as sum from (select cast(:invoice as text) as stripe_invoice_id) owed) gone
            where stripe_invoice_id = :invoice and purpose = 'late_payment' and status in ('asked', 'flagged')
              and (amount <= gone.sum
                or gone.sum > 0 and status = 'flagged' and keys > 0 and stripe_refund_id is null
                  and (why = 'invalid_request_error' or why like 'amount_too_%' or why like 'charge_exceeds_%'))
            """;

    private static final String OWED_AGAIN = """
            update invoice_refunds owed set status = 'flagged', why = :why, updated_at = now()
            where stripe_invoice_id = :invoice and purpose = 'late_payment' and status = 'done' and amount >""" + GONE;

    private final DatabaseClient database;
    private final Clock clock;

    InvoiceRefunds(DatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    Mono<InvoiceRefund> find(UUID id) {
        return database.sql("select *," + REST + "from invoice_refunds owed where id = :id")
                .bind("id", id)
                .map(InvoiceRefunds::read)
                .one();
    }

    Mono<Void> begin(InvoiceRefund refund) {
        return database.sql("""
                        insert into invoice_refunds (id, stripe_invoice_id, purpose, amount, currency, reason, status,
                            next_attempt_at, created_at, updated_at)
                        values (:id, :invoice, :purpose, :amount, :currency, :reason, 'asked', :next, :now, :now)
                        """)
                .bind("id", refund.id())
                .bind("invoice", refund.invoiceId())
                .bind("purpose", text(refund.purpose()))
                .bind("amount", refund.money().amount())
                .bind("currency", refund.money().currency())
                .bind("reason", Column.of(refund.reason(), String.class))
                .bind("next", clock.instant().plus(FIRST_ATTEMPT))
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** It may have been taken for another's, where its event came before our answer. */
    Mono<Void> end(InvoiceRefund refund, InvoiceRefund.Status status, @Nullable String stripeId, @Nullable String why) {
        return database.sql("""
                        update invoice_refunds
                        set status = :status, stripe_refund_id = :stripeId, why = :why, next_attempt_at = null,
                            updated_at = now()
                        where id = :id and (status = 'asked' or why = 'given_back_otherwise')
                        """)
                .bind("id", refund.id())
                .bind("status", text(status))
                .bind("stripeId", Column.of(stripeId, String.class))
                .bind("why", Column.of(why, String.class))
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Stripe keeps a failure for its key, and did nothing: the next try, soon, has another. */
    Mono<Void> nextKey(InvoiceRefund refund) {
        return database.sql(
                        "update invoice_refunds set keys = :keys, next_attempt_at = :now where id = :id and keys = :before")
                .bind("id", refund.id())
                .bind("keys", refund.keys() + 1)
                .bind("before", refund.keys())
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** It stays owed: the next try has a key of its own. */
    Mono<Void> refusedForNow(InvoiceRefund refund, String why) {
        return database.sql("update invoice_refunds set keys = :keys, why = :why where id = :id and keys = :before")
                .bind("id", refund.id())
                .bind("keys", refund.keys() + 1)
                .bind("before", refund.keys())
                .bind("why", why)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** What we owe of an invoice may be settled by another refund of it, or by a dispute that is lost; wholly or in part. */
    Mono<Void> settleOwed(String invoiceId) {
        return database.sql(GIVEN_BACK_OTHERWISE)
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** What gave it back does not any more: a bank that does not take it is nothing that another try changes. */
    Mono<Void> owedAgain(String invoiceId, String why) {
        return database.sql(OWED_AGAIN)
                .bind("invoice", invoiceId)
                .bind("why", why)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Something changed at Stripe, a dispute perhaps: what was refused may pass now. */
    Mono<Void> wake(String invoiceId) {
        return database.sql("update invoice_refunds set next_attempt_at = now()"
                        + " where stripe_invoice_id = :invoice and status = 'asked' and why is not null")
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    Flux<InvoiceRefund> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .map(InvoiceRefunds::read)
                .all();
    }

    /** How many wait, and how many of them for a person. */
    record Owed(long all, long needPerson) {}

    Mono<Owed> owed() {
        return database.sql("""
                        select count(*) as n, count(*) filter (where status = 'flagged') as flagged
                        from invoice_refunds where status in ('asked', 'flagged')
                        """)
                .map(row -> new Owed(Column.present(row, "n", Long.class), Column.present(row, "flagged", Long.class)))
                .one();
    }

    private static String text(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    static InvoiceRefund read(Readable row) {
        return new InvoiceRefund(
                Column.present(row, "id", UUID.class),
                Column.present(row, "stripe_invoice_id", String.class),
                InvoiceRefund.Purpose.valueOf(
                        Column.present(row, "purpose", String.class).toUpperCase(Locale.ROOT)),
                new Money(Column.present(row, "amount", Long.class), Column.present(row, "currency", String.class)),
                Column.present(row, "rest", BigDecimal.class).longValueExact(),
                row.get("reason", String.class),
                InvoiceRefund.Status.valueOf(
                        Column.present(row, "status", String.class).toUpperCase(Locale.ROOT)),
                row.get("stripe_refund_id", String.class),
                row.get("why", String.class),
                Column.present(row, "keys", Integer.class));
    }
}
