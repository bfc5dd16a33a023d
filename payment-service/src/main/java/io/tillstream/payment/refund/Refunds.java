package io.tillstream.payment.refund;

import io.r2dbc.spi.Readable;
import io.tillstream.events.Money;
import io.tillstream.payment.payable.Column;
import io.tillstream.payment.payable.PaymentSettings;
import io.tillstream.sql.WhereClause;
import io.tillstream.web.Paging;
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

    /** What an operator writes of somebody who was deleted since they paid is not kept. */
    private static final String INSERT = """
            with payer as (
                select c.deleted_at >= p.created_at as is_gone
                from payments p join customers c on c.user_id = p.user_id where p.id = :paymentId
                for share of c)
            insert into refunds (id, payment_id, reference, amount, asked_amount, currency, purpose, reason, note, status,
                stripe_refund_id, failure_reason, next_ask_at, created_at)
            select :id, :paymentId, :reference, :amount, :amount, :currency, :purpose, :reason,
                case when exists (select 1 from payer where is_gone) then null else :note end, :status,
                :stripeId, :failureReason, now() + make_interval(secs => :askAfter::float8), clock_timestamp()
            on conflict (id) do nothing
            """;

    private static final String UPDATE = """
            update refunds
            set status = :status, stripe_refund_id = :stripeId, failure_reason = :failureReason, updated_at = now(),
                attention = case when dismissed_at is null then :attention::text end, amount = :amount, currency = :currency,
                failed_at = case when :attention::text is not null or :failureReason::text = 'given_back_otherwise'
                    then coalesce(failed_at, clock_timestamp()) else failed_at end,
                flagged_at = case when :attention::text is not null
                    then coalesce(flagged_at, clock_timestamp()) else flagged_at end,
                gone_since = case when :status in ('pending', 'requires_action', 'succeeded') then coalesce(gone_since,
                    case when status in ('pending', 'requires_action', 'succeeded') then created_at end,
                    clock_timestamp()) end,
                next_ask_at = case when :waits then coalesce(next_ask_at, now() + make_interval(secs => :firstAsk)) end
            where id = :id
            """;

    /** Rests as before the first question (1 min), 10 min, 1 h, 6 h, then a day, for as long as it can pass; what only a person can mend, a month. */
    private static final String DELAY = """
        update refunds
        set status = 'delayed', amount = :amount, failure_reason = :failureReason, stripe_attempt = :attempt,
            refusals = :refusals, attention = :attention, updated_at = now(),
            failed_at = coalesce(failed_at, clock_timestamp()),
            next_ask_at = case
                when :attention::text is not null and :refusals > 30 then null
                when :refusals <= 1 then now() + make_interval(secs => :firstAsk)
                else now() + (array['10 minutes', '1 hour', '6 hours', '1 day'])[least(:refusals, 5) - 1]::interval
                end
        where id = :id
        """;

    /** What is owed is made good by anything, where nothing is left to give back: a try may be of less than is owed. */
    private static final String GIVEN_BACK_OTHERWISE = """
        update refunds owed
        set status = case when owed.status = 'delayed' then 'refused' else owed.status end,
            failure_reason = 'given_back_otherwise', attention = null, next_ask_at = null, updated_at = now()
        where payment_id = :payment
          and (purpose in ('duplicate', 'late') and status in ('delayed', 'refused', 'canceled', 'failed')
            or :allGone and attention is not null and status in ('canceled', 'failed'))
          and (status = 'delayed' or dismissed_at is null)
        """;

    private static final String AT_ITS_BANK = " status in ('pending', 'requires_action') ";

    /**
     * Asked after 1 minute, after rests of 1, 2, 4 and 5 minutes, after an hour, then daily. What a bank has is asked about in the same
     * way but hourly until Stripe answers: only then comes the rest of {@link #ANSWERED}. What touches money that nobody has yet comes
     * first.
     */
    private static final String CLAIM = """
            with due as (
                select id,""" + AT_ITS_BANK + """
                    as looks, case when""" + AT_ITS_BANK + """
                    then unanswered else asks end as tries
                from refunds where next_ask_at <= now()
                order by status not in ('initiated', 'unknown', 'delayed'), next_ask_at
                limit :batch for update skip locked)
            update refunds r
            set asks = r.asks + case when due.looks then 0 else 1 end,
                unanswered = case when due.looks then r.unanswered + 1 else 0 end, claimed_at = now(),
                next_ask_at = now() + case
                    when due.tries < 6 then least(
                        make_interval(secs => :firstAsk) * power(2, due.tries), interval '5 minutes')
                    when due.tries < 7 or due.looks then interval '1 hour'
                    else interval '1 day' end
            from due where due.id = r.id
            returning r.*
            """;

    /**
     * Stripe told of one that a bank has: looked at daily after the first hours, for as long as it can change. A bank that is at it for
     * 60 days (they take up to 30) is looked at weekly from then on, and after half a year monthly.
     */
    private static final String ANSWERED = """
            update refunds
            set asks = asks + 1, unanswered = 0,
                next_ask_at = now() + case
                    when asks < 6 then least(make_interval(secs => :firstAsk) * power(2, asks), interval '5 minutes')
                    when asks < 7 then interval '1 hour'
                    when asks < 67 then interval '1 day'
                    when asks < 84 then interval '7 days'
                    else interval '30 days' end
            where id = :id and unanswered > 0 and""" + AT_ITS_BANK;

    /** What rests only as nobody knows what Stripe did, or as it could not be asked since its last no. */
    private static final String MAKE_DUE = """
            update refunds
            set next_ask_at = now(), asks = case when""" + AT_ITS_BANK + """
                then asks else least(asks, 6) end
            where id in (
                select id from refunds
                where next_ask_at > now()
                  and (status = 'unknown' or status = 'initiated' and asks > 0 or status = 'delayed' and claimed_at > updated_at
                    or unanswered > 0 and""" + AT_ITS_BANK + """
                  )
                order by created_at limit :most for update skip locked)
            """;

    private static final String OWED = " (status = 'delayed' or attention is not null)";

    /** A bank takes up to 30 days: what it has not told of in twice that may not come by itself. */
    private static final String PENDING_LONG = " (" + AT_ITS_BANK + "and created_at < now() - interval '60 days')";

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    static final int BATCH = 20; // a second's worth of calls to Stripe

    private final DatabaseClient database;
    private final PaymentSettings settings;

    Refunds(DatabaseClient database, PaymentSettings settings) {
        this.database = database;
        this.settings = settings;
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

    /** The amount that was asked for, whatever Stripe made of it. */
    Mono<Long> askedAmount(UUID id) {
        return database.sql("select coalesce(asked_amount, amount) as asked from refunds where id = :id")
                .bind("id", id)
                .map(row -> Column.get(row, "asked", Long.class))
                .one();
    }

    /** One that Stripe is asked for now: the sweep takes it up if no answer gets stored. */
    Mono<Void> begin(Refund refund) {
        return insert(refund, settings.firstAskSeconds());
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
                .bind("reason", Column.in(refund.reason()))
                .bind("note", Column.in(refund.note()))
                .bind("status", refund.status().text())
                .bind("stripeId", Column.in(refund.stripeId()))
                .bind("failureReason", Column.in(refund.failureReason()))
                .bind("askAfter", Column.in(askAfterSeconds, Double.class))
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Void> update(Refund refund) {
        boolean waits =
                switch (refund.status()) {
                    case INITIATED, UNKNOWN, DELAYED, PENDING, REQUIRES_ACTION -> true;
                    case REFUSED, CANCELED, SUCCEEDED, FAILED -> false;
                };
        return database.sql(UPDATE)
                .bind("id", refund.id())
                .bind("status", refund.status().text())
                .bind("stripeId", Column.in(refund.stripeId()))
                .bind("failureReason", Column.in(refund.failureReason()))
                .bind("attention", Column.in(refund.attention()))
                .bind("amount", refund.money().amount())
                .bind("currency", refund.money().currency())
                .bind("waits", waits)
                .bind("firstAsk", settings.firstAskSeconds())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** A refusal of what we owe; see {@link Refund#delayed}. */
    Mono<Void> delay(Refund refund) {
        return database.sql(DELAY)
                .bind("id", refund.id())
                .bind("amount", refund.money().amount())
                .bind("failureReason", Column.in(refund.failureReason()))
                .bind("attempt", refund.stripeAttempt())
                .bind("refusals", refund.refusals())
                .bind("firstAsk", settings.firstAskSeconds())
                .bind("attention", Column.in(refund.attention()))
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** After a look at Stripe showed that try {@code known} did nothing; false if another did that before. */
    Mono<Boolean> nextStripeAttempt(UUID id, int known) {
        return database.sql("update refunds set stripe_attempt = stripe_attempt + 1 where id = :id and stripe_attempt ="
                        + " :known")
                .bind("id", id)
                .bind("known", known)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /**
     * What we owed of a payment is settled by other refunds of it and by dismissals: nothing of it is left.
     *
     * @param allGone whether that is so without the dismissals: they are of the refunds that they name, and what a bank sends back
     *     later is for a person again
     */
    Mono<Void> settleOwed(UUID payment, boolean allGone) {
        return database.sql(GIVEN_BACK_OTHERWISE)
                .bind("payment", payment)
                .bind("allGone", allGone)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /**
     * A dispute took all that was left of a payment: nobody can give back what failed. What is still tried finds that by
     * itself, and what was promised is looked at with the money that covers it.
     */
    Mono<Void> nothingIsLeft(UUID payment) {
        return database.sql("""
                        update refunds
                        set attention = null, failure_reason = 'lost_to_dispute', updated_at = now()
                        where payment_id = :payment and attention is not null and status in ('refused', 'canceled', 'failed')
                          and not (purpose = 'requested' and status = 'refused')
                        """).bind("payment", payment).fetch().rowsUpdated().then();
    }

    /** How much of a payment nobody has to give back, by operators' words; what Stripe made all the same is gone, and not of it. */
    Mono<Long> dismissed(UUID payment) {
        return database.sql("""
                        select coalesce(sum(coalesce(dismissed_amount, amount)), 0)::bigint as sum from refunds
                        where payment_id = :payment and dismissed_at is not null
                          and status not in ('pending', 'requires_action', 'succeeded')
                        """)
                .bind("payment", payment)
                .map(row -> Column.get(row, "sum", Long.class))
                .one();
    }

    /** The dispute was won after all: what it took with it is owed as before, unless an operator said that it is not. */
    Mono<Void> isLeftAgain(UUID payment) {
        return database.sql("""
                        update refunds set attention = 'dispute_won', updated_at = now()
                        where payment_id = :payment and attention is null and failure_reason = 'lost_to_dispute' and dismissed_at is null
                        """).bind("payment", payment).fetch().rowsUpdated().then();
    }

    /** Something changed at Stripe, a dispute perhaps: what was refused may pass now. */
    Mono<Void> wake(UUID payment) {
        return database.sql("update refunds set next_ask_at = now() where payment_id = :payment and status = 'delayed'")
                .bind("payment", payment)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Another was asked for, and that is answered: what had its turn meanwhile, and waited for it, is due. */
    Mono<Void> wakeWaiting(UUID payment) {
        return database.sql("""
                        update refunds set next_ask_at = now()
                        where payment_id = :payment and status = 'delayed' and claimed_at > updated_at
                        """).bind("payment", payment).fetch().rowsUpdated().then();
    }

    /** What we owe and could not give back yet, and what is under way for long, the newest first. */
    Flux<Refund> owed(boolean needingPerson, Paging paging) {
        var after = paging.after();
        return new WhereClause()
                .and("(" + OWED + " or " + PENDING_LONG + ")")
                .and(needingPerson ? "attention is not null" : "true")
                .and(
                        "(created_at, id) < (:before, cast(:beforeId as uuid))",
                        "before",
                        after == null ? null : after.createdAt(),
                        "beforeId",
                        after == null ? null : after.id())
                .in(database, "select * from refunds", "order by created_at desc, id desc limit :rows")
                .bind("rows", paging.rowsToRead())
                .map(Refunds::read)
                .all();
    }

    /**
     * How much we owe and could not give back yet.
     *
     * @param pendingLong how many others are under way for longer than a bank takes
     */
    record Owed(long count, long needPerson, long oldestSeconds, long pendingLong) {}

    Mono<Owed> stillOwed() {
        return database.sql("""
            select count(*) as n, count(attention) as attention,
                coalesce(extract(epoch from now() - min(created_at)), 0)::bigint as age,
                (select count(*) from refunds where""" + PENDING_LONG + """
                ) as pending_long
            from refunds where""" + OWED)
                .map(row -> new Owed(
                        Column.get(row, "n", Long.class),
                        Column.get(row, "attention", Long.class),
                        Column.get(row, "age", Long.class),
                        Column.get(row, "pending_long", Long.class)))
                .one();
    }

    /** What operators wrote of a user's refunds. */
    public Mono<Void> forgetNotes(String userId) {
        return database.sql("""
            update refunds set note = null
            where note is not null and payment_id in (select id from payments where user_id = :userId)
            """).bind("userId", userId).fetch().rowsUpdated().then();
    }

    /** Notes that someone else asks Stripe for it too, so that it can no longer be taken back; false if it was. */
    Mono<Boolean> share(UUID id) {
        return database.sql("update refunds set asks = asks + 1 where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /** Whether someone else asked for the same refund meanwhile, and may have been told that it is under way. */
    Mono<Boolean> isShared(UUID id) {
        return database.sql("select asks > 0 as shared from refunds where id = :id")
                .bind("id", id)
                .map(row -> Column.get(row, "shared", Boolean.class))
                .one();
    }

    /** Takes back a reservation about which Stripe was never asked; false if someone else asks for it by now. */
    Mono<Boolean> takeBack(UUID id) {
        return database.sql("delete from refunds where id = :id and status = 'initiated' and asks = 0")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /** One that turned out to be another one of ours. */
    Mono<Void> remove(UUID id) {
        return database.sql("delete from refunds where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    Flux<Refund> claimOverdue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .bind("firstAsk", settings.firstAskSeconds())
                .map(Refunds::read)
                .all();
    }

    /** Stripe told of one that a bank has, if only that nothing changed: its next look may be late. */
    Mono<Void> answered(UUID id) {
        return database.sql(ANSWERED)
                .bind("id", id)
                .bind("firstAsk", settings.firstAskSeconds())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    private static Refund read(Readable row) {
        return new Refund(
                Column.get(row, "id", UUID.class),
                Column.get(row, "payment_id", UUID.class),
                Column.get(row, "reference", String.class),
                new Money(Column.get(row, "amount", Long.class), Column.get(row, "currency", String.class)),
                Refund.Purpose.of(Column.get(row, "purpose", String.class)),
                Column.text(row, "reason"),
                Column.text(row, "note"),
                RefundStatus.of(Column.get(row, "status", String.class)),
                Column.text(row, "stripe_refund_id"),
                Column.text(row, "failure_reason"),
                Column.get(row, "stripe_attempt", Integer.class),
                Column.get(row, "refusals", Integer.class),
                Column.text(row, "attention"),
                Column.get(row, "created_at", OffsetDateTime.class).toInstant());
    }
}
