package io.tillstream.subscription.moneyback;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.SubscriptionSettings;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.Collection;
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

    private static final int BATCH = 20; // two calls to Stripe each
    private static final int AGAIN = 5; // what was tried often may wait
    private static final int OFTEN = 6; // half an hour of growing rests: what passes by itself has passed

    /** By how much of an invoice's money went back, whoever gave it: what may come again does not count. */
    static final String GONE = """
            (select coalesce(sum(b.amount), 0) from invoice_money_back b
             where b.stripe_invoice_id = owed.stripe_invoice_id and b.counts and (b.kind <> 'dispute' or b.status = 'lost'))
            """;

    /** Of what came too late, what is still there. */
    static final String STILL_THERE = " case when owed.purpose = 'late_payment' then greatest(0, owed.amount - " + GONE
            + ") else owed.amount end ";

    static final String REST = STILL_THERE + "as rest ";

    /**
     * Claimed for the length of the next rest; what is owed stays owed, so there is no last try. What Stripe refuses again and
     * again has places of its own, and keeps none from what is owed anew.
     */
    private static final String CLAIM = """
            with fresh as (
                select id from invoice_refunds where next_attempt_at <= now() and status = 'asked' and tries < :often
                order by next_attempt_at limit :batch for update skip locked),
            again as (
                select id from invoice_refunds where next_attempt_at <= now() and status = 'asked' and tries >= :often
                order by next_attempt_at limit :again for update skip locked)
            update invoice_refunds owed
            set tries = tries + 1, updated_at = now(),
                next_attempt_at = now() + least(make_interval(secs => :firstAsk) * power(2, least(tries, 11)), interval '1 day')
            where id in (select id from fresh union all select id from again)
            returning *,""" + REST;

    /**
     * What Stripe refused for good as more than is left, of which we had not heard, is asked for again as the rest that it is.
     * That refusal has a message, but no code of its own. Any other reason needs a person all the same.
     */
    private static final String LATE_GIVEN_BACK_OTHERWISE = """
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

    /** What rests only as nobody knows what Stripe did; what it refused rests on. */
    private static final String MAKE_DUE = """
            update invoice_refunds set next_attempt_at = now()
            where id in (
                select id from invoice_refunds
                where next_attempt_at > now() and status = 'asked' and tries > 0 and why is null
                order by next_attempt_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    /** Of one that was dismissed what had gone at that time, also if a try that was under way made it. */
    private static final String NOT_DISMISSED =
            " case when dismissed_at is null then amount else amount - dismissed_amount end ";

    private static final String LATE_OWED_AGAIN = """
            update invoice_refunds owed
            set status = 'flagged', why = :why, updated_at = now(),
                dismissed_amount = case when dismissed_at is not null then 0 end, amount =""" + NOT_DISMISSED + """
            where stripe_invoice_id = :invoice and purpose = 'late_payment' and status in ('done', 'dismissed')
              and""" + NOT_DISMISSED + ">" + GONE;

    /** Another one's money, or that nothing is left: one that was made itself has a refund of its own and no reason. */
    private static final String PROMISES_ARE = """
            update invoice_refunds
            set status = :status, why = :why, next_attempt_at = null, updated_at = now(),
                flagged_at = case when :status = 'flagged' then coalesce(flagged_at, clock_timestamp()) else flagged_at end
            where id = any(:ids)
            """;

    private final DatabaseClient database;
    private final SubscriptionSettings settings;
    private final Clock clock;

    InvoiceRefunds(DatabaseClient database, SubscriptionSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
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
                        values (:id, :invoice, :purpose, :amount, :currency, :reason, 'asked', :next, clock_timestamp(), :now)
                        """)
                .bind("id", refund.id())
                .bind("invoice", refund.invoiceId())
                .bind("purpose", text(refund.purpose()))
                .bind("amount", refund.money().amount())
                .bind("currency", refund.money().currency())
                .bind("reason", Column.of(refund.reason(), String.class))
                .bind("next", clock.instant().plus(settings.firstAsk()))
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /**
     * It may have been taken for another's, where its event came before our answer. A no changes nothing of what was settled
     * or dismissed meanwhile; of what was made all the same the money is gone.
     *
     * @return whether it was open
     */
    Mono<Boolean> end(
            InvoiceRefund refund, InvoiceRefund.Status status, @Nullable String stripeId, @Nullable String why) {
        return database.sql("""
                        update invoice_refunds
                        set status = :status, stripe_refund_id = coalesce(cast(:stripeId as text), stripe_refund_id),
                            why = :why, next_attempt_at = null,
                            updated_at = now(),
                            failed_at = case when :status = 'flagged' then coalesce(failed_at, clock_timestamp()) else failed_at end,
                            flagged_at = case when :status = 'flagged' then coalesce(flagged_at, clock_timestamp()) else flagged_at end
                        where id = :id and (status = 'asked'
                            or why = 'given_back_otherwise' and cast(:stripeId as text) is not null
                            or status = 'dismissed' and :status = 'done')
                        """)
                .bind("id", refund.id())
                .bind("status", text(status))
                .bind("stripeId", Column.of(stripeId, String.class))
                .bind("why", Column.of(why, String.class))
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /** Stripe keeps a failure for its key, and did nothing: the next try, soon, has another. */
    Mono<Void> nextKey(InvoiceRefund refund) {
        return database.sql("""
                        update invoice_refunds set keys = :keys, next_attempt_at = :now
                        where id = :id and keys = :before and status = 'asked'
                        """)
                .bind("id", refund.id())
                .bind("keys", refund.keys() + 1)
                .bind("before", refund.keys())
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /**
     * It stays owed: the next try has a key of its own.
     *
     * @return whether it was open
     */
    Mono<Boolean> refusedForNow(InvoiceRefund refund, String why) {
        return database.sql("""
                        update invoice_refunds
                        set keys = :keys, why = :why, failed_at = coalesce(failed_at, clock_timestamp())
                        where id = :id and keys = :before and status = 'asked'
                        """)
                .bind("id", refund.id())
                .bind("keys", refund.keys() + 1)
                .bind("before", refund.keys())
                .bind("why", why)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /**
     * One of Stripe's is one that an operator asked for, which its event may tell before Stripe answers us. One of another sum is
     * somebody else's, whatever it says of itself.
     *
     * @param id as its metadata says
     */
    Mono<Void> isMadeAs(String id, MoneyBack back, String invoiceId) {
        return database.sql("""
                        update invoice_refunds set stripe_refund_id = :stripeId
                        where id::text = :id and stripe_invoice_id = :invoice and purpose = 'requested' and stripe_refund_id is null
                          and amount = :amount
                        """)
                .bind("id", id)
                .bind("stripeId", back.id())
                .bind("amount", back.amount())
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** What came late may be settled by another refund of it, or by a dispute that is lost; wholly or in part. */
    Mono<Void> settleLate(String invoiceId) {
        return database.sql(LATE_GIVEN_BACK_OTHERWISE)
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** What gave back what came late does not any more: a bank that does not take it is nothing that another try changes. */
    Mono<Void> lateIsOwedAgain(String invoiceId, String why) {
        return database.sql(LATE_OWED_AGAIN)
                .bind("invoice", invoiceId)
                .bind("why", why)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Of promises: what became of them by other money, or by the loss of it. */
    Mono<Void> are(Collection<UUID> promises, InvoiceRefund.Status status, @Nullable String why) {
        return promises.isEmpty()
                ? Mono.empty()
                : database.sql(PROMISES_ARE)
                        .bind("ids", promises.toArray(UUID[]::new))
                        .bind("status", text(status))
                        .bind("why", Column.of(why, String.class))
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

    /** Ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    Flux<InvoiceRefund> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("again", AGAIN)
                .bind("often", OFTEN)
                .bind("firstAsk", settings.firstAskSeconds())
                .map(InvoiceRefunds::read)
                .all();
    }

    /** How many wait, and how many of them for a person. */
    record Owed(long all, long needPerson) {}

    Mono<Owed> owed() {
        return database.sql("""
                        select count(*) + (select count(*) from start_refunds f where
                        """ + StartRefunds.OWED_YET + """
                                ) as n,
                            count(*) filter (where status = 'flagged')
                                + (select count(*) from start_refunds f where dismissed_at is null and
                        """ + StartRefunds.NEEDS_PERSON + """
                                ) as flagged
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
