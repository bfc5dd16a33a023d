package io.tillstream.subscription.access;

import io.tillstream.subscription.subscription.Subscription;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** What is known of the payment of a subscription: read from its invoices, noted on it. */
@Repository
class SubscriptionPaymentSummaryRepository {

    /**
     * The newest two years of a monthly plan, as long of what periods began with, whatever was paid last, however long ago, and all
     * whose money went back: many small changes do not hide it. An invoice covers the periods of
     * its lines but for what is given back; one that somebody wrote by hand covers none, and what came for
     * one that is void paid for none. Stripe may take three days to
     * finalize a draft, so a pause that begins meanwhile drops it too.
     *
     * <p>A period begins with a change too where that costs more than the difference, at once: a year that follows a month, or the
     * end of a trial. One that waits for its payment is not in force.
     */
    private static final String NEWEST = """
            with bills as (
                select b.*,
                    case when billing_reason = 'manual' then false when billing_reason = 'subscription_update' then
                        exists (select 1 from jsonb_array_elements(lines) line
                                where not cast(line ->> 'proration' as boolean) and cast(line ->> 'amount' as bigint) > 0
                                  and cast(line ->> 'periodStart' as timestamptz) < covers_until
                                  and cast(line ->> 'periodEnd' as timestamptz) = covers_until)
                        and not exists (select 1 from subscriptions s where s.id = :id and s.latest_invoice_id = stripe_invoice_id
                                        and (s.pending_plan_id is not null or s.pending_quantity is not null))
                        else true end as opens
                from (select i.*, case when billing_reason is distinct from 'manual' then (
                        select max(cast(line ->> 'periodEnd' as timestamptz)) from jsonb_array_elements(lines) line
                        where cast(line ->> 'amount' as bigint) >= 0) end as covers_until
                      from invoices i where subscription_id = :id) b),
            newest as (
                (select * from bills order by issued_at desc, stripe_invoice_id desc limit 24)
                union all
                (select * from bills where opens order by issued_at desc, stripe_invoice_id desc limit 24)
                union all
                (select * from bills where ever_paid order by issued_at desc, stripe_invoice_id desc limit 1)
                union all
                (select * from bills i where exists (
                    select 1 from invoice_money_back b where b.stripe_invoice_id = i.stripe_invoice_id)))
            select distinct on (issued_at, stripe_invoice_id) status, ever_paid, issued_at, failed_at,
                coalesce(open_since, case when status in ('open', 'uncollectible') or status = 'draft' and problem is not null
                    then updated_at end) as open_since,
                problem is not null as not_finalized, covers_until, opens,
                exists (select 1 from subscription_pauses p where p.subscription_id = :id
                        and p.began_at <= issued_at + interval '3 days'
                        and (p.ended_at is null or p.ended_at >= issued_at)) as in_pause,
                (select min(b.since) from invoice_money_back b where b.stripe_invoice_id = newest.stripe_invoice_id
                 and b.kind = 'dispute' and b.counts and b.status <> 'lost' and newest.status <> 'void') as disputed,
                (select min(b.since) from invoice_money_back b where b.stripe_invoice_id = newest.stripe_invoice_id
                 and b.kind = 'dispute' and b.status = 'lost' and newest.status <> 'void') as lost,
                (select case when sum(b.amount) >= newest.amount_paid then max(b.since) end
                 from invoice_money_back b where b.stripe_invoice_id = newest.stripe_invoice_id
                 and b.kind in ('refund', 'credit_note') and b.counts and newest.status <> 'void') as refunded
            from newest order by issued_at desc, stripe_invoice_id desc
            """;

    private final DatabaseClient database;

    SubscriptionPaymentSummaryRepository(DatabaseClient database) {
        this.database = database;
    }

    /** All that access depends on. */
    Mono<AccessFacts> facts(Subscription subscription) {
        return of(subscription.id()).flatMap(bills -> paidMoney(subscription, bills)
                .map(money -> AccessFacts.of(subscription, bills, money)));
    }

    private Mono<Boolean> paidMoney(Subscription subscription, SubscriptionPaymentSummary bills) {
        boolean owes =
                switch (subscription.status()) {
                    case PAST_DUE, UNPAID -> true;
                    case ACTIVE -> bills.unpaidSince() != null;
                    default -> false;
                };
        return owes ? everPaidMoney(subscription.id()) : Mono.just(false);
    }

    Mono<SubscriptionPaymentSummary> of(UUID subscriptionId) {
        return database.sql(NEWEST)
                .bind("id", subscriptionId)
                .map(row -> new SubscriptionPaymentSummary.Bill(
                        Objects.requireNonNull(row.get("status", String.class)),
                        Boolean.TRUE.equals(row.get("ever_paid", Boolean.class)),
                        Objects.requireNonNull(row.get("issued_at", Instant.class)),
                        row.get("open_since", Instant.class),
                        row.get("failed_at", Instant.class),
                        row.get("covers_until", Instant.class),
                        Boolean.TRUE.equals(row.get("opens", Boolean.class)),
                        Boolean.TRUE.equals(row.get("in_pause", Boolean.class)),
                        Boolean.TRUE.equals(row.get("not_finalized", Boolean.class)),
                        new SubscriptionPaymentSummary.Back(
                                row.get("disputed", Instant.class),
                                row.get("lost", Instant.class),
                                row.get("refunded", Instant.class))))
                .all()
                .collectList()
                .map(SubscriptionPaymentSummary::of);
    }

    /**
     * Whether one of its invoices was paid that asked for something, by a card, by hand or from the user's credit; one that somebody
     * wrote by hand is of something else. Of one that was
     * made at Stripe years ago the first are not known here: then its trial was over before the oldest that is.
     */
    Mono<Boolean> everPaidMoney(UUID subscriptionId) {
        return database.sql("""
                        with own as (
                            select * from invoices where subscription_id = :id and billing_reason is distinct from 'manual')
                        select exists (select 1 from own where ever_paid and total > 0)
                            or exists (select 1 from subscriptions where id = :id and trial_end <= (
                                select min(coalesce(period_start, issued_at)) from own)) as paid
                        """)
                .bind("id", subscriptionId)
                .map(row -> Boolean.TRUE.equals(row.get("paid", Boolean.class)))
                .one();
    }

    /** Whether money of the running period went back, a part of it even, or is about to: Stripe would credit it all the same. */
    Mono<Boolean> goesBack(UUID subscriptionId) {
        return database.sql("""
                        select exists (select 1 from period_money m where m.subscription_id = :id and m.back + m.asked > 0
                            and m.period = (select max(period) from invoice_periods where subscription_id = :id)) as gone
                        """)
                .bind("id", subscriptionId)
                .map(row -> Boolean.TRUE.equals(row.get("gone", Boolean.class)))
                .one();
    }

    /** Since when payment is owed, and whether anything was earned, for everybody to see. */
    Mono<Void> note(Subscription subscription, AccessFacts facts) {
        boolean isNews = facts.earned() && !subscription.billing().earned();
        return (isNews ? earned(subscription.id()) : Mono.<Void>empty()).then(noteDebt(subscription, facts));
    }

    private Mono<Void> earned(UUID id) {
        return database.sql("update subscriptions set earned = true where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private Mono<Void> noteDebt(Subscription subscription, AccessFacts facts) {
        return switch (subscription.status()) {
            case PAST_DUE, UNPAID -> owed(subscription.id(), facts.owedSince());
            default -> subscription.billing().pastDueSince() == null ? Mono.empty() : settled(subscription.id());
        };
    }

    private Mono<Void> owed(UUID id, Instant since) {
        return database.sql(
                        "update subscriptions set past_due_since = :since where id = :id and past_due_since is distinct from :since")
                .bind("since", since)
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private Mono<Void> settled(UUID id) {
        return database.sql("update subscriptions set past_due_since = null where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }
}
