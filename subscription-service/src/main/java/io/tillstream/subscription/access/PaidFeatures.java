package io.tillstream.subscription.access;

import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * What of a plan's features is paid for. A plan that was changed comes into force with its bill, and that may be a draft for
 * an hour and owed for weeks. Until it is paid only those features are given that the plan paid last has too; where that
 * lacks some, the plan paid last is given whole while the bill is about to be paid, so that nothing is taken for an hour. A
 * change within a paid period that has no bill is the shop's present.
 */
@Repository
class PaidFeatures {

    /**
     * A bill names plans by the prices of its lines; what it gives back is none of them. One of nothing for a trial is no
     * payment of the trial's plan. Within a paid period a bill counts as unpaid once its payment failed: before, it is about
     * to be paid. Where the bill of a whole period failed, what the rest of the one before cost, a minute of it maybe, pays
     * for no plan. Stripe tells the first lines of a bill only, so a paid one that began the period counts whatever it lists.
     */
    private static final String FEATURES = """
            with lines as (
                select i.ever_paid, i.issued_at, i.stripe_invoice_id, price.plan_id,
                    coalesce(cast(line ->> 'proration' as boolean), false) as proration,
                    not i.ever_paid and i.status in ('open', 'uncollectible')
                        and (i.failed_at is not null or i.action_attempt > 0) as owed,
                    not i.ever_paid and i.status in ('void', 'uncollectible') as dropped,
                    cast(line ->> 'periodEnd' as timestamptz) as until
                from (
                    (select * from invoices where subscription_id = :id
                     order by issued_at desc, stripe_invoice_id desc limit 24)
                    union
                    (select * from invoices where subscription_id = :id and ever_paid
                     order by issued_at desc, stripe_invoice_id desc limit 24)
                    union
                    (select * from invoices where subscription_id = :id and ever_paid
                       and billing_reason is distinct from 'manual' and lines @> '[{"proration": false}]'
                     order by issued_at desc, stripe_invoice_id desc limit 24)) i
                cross join lateral jsonb_array_elements(i.lines) line
                join plan_prices price on price.stripe_price_id = line ->> 'priceId'
                where i.billing_reason is distinct from 'manual' and cast(line ->> 'amount' as bigint) >= 0
                  and not (i.ever_paid and i.total = 0
                           and coalesce(cast(line ->> 'periodEnd' as timestamptz) <= :trialEnd, false))),
            period as (
                select exists (
                    select 1 from lines where owed and not proration
                      and issued_at >= (select max(issued_at) from lines where ever_paid and not proration)) as failed),
            newest as (
                select issued_at, stripe_invoice_id, proration and failed as part from lines cross join period
                where ever_paid order by part, issued_at desc, stripe_invoice_id desc limit 1),
            paid as (
                select plan_id, until, issued_at
                from lines join newest using (issued_at, stripe_invoice_id) cross join period
                where (proration and failed) = part),
            changed as (
                select plan_id, owed, dropped from lines
                where plan_id = :planId and issued_at >= (select max(issued_at) from paid)),
            unpaid as (
                select exists (select 1 from changed where owed or dropped) as failed
                where exists (select 1 from paid)
                  and not exists (select 1 from paid where plan_id = :planId)
                  and (exists (select 1 from changed where owed)
                    or (select max(until) from paid) <= :periodStart and not exists (
                        select 1 from invoices where subscription_id = :id and ever_paid
                          and billing_reason = 'subscription_cycle' and issued_at >= :periodStart))),
            mine as (
                select feature from plans p cross join lateral jsonb_array_elements_text(p.features) feature
                where p.id = :planId),
            before as (
                select distinct feature from plans p cross join lateral jsonb_array_elements_text(p.features) feature
                where p.id in (select plan_id from paid)),
            kept as (
                select 1 from unpaid where not failed and exists (select feature from mine except select feature from before))
            select feature from mine
            where not exists (select 1 from unpaid) or feature in (select feature from before)
            union
            select feature from before where exists (select 1 from kept)
            """;

    private final DatabaseClient database;

    PaidFeatures(DatabaseClient database) {
        this.database = database;
    }

    Mono<List<String>> of(Subscription subscription) {
        return database.sql(FEATURES)
                .bind("id", subscription.id())
                .bind("planId", subscription.planId())
                .bind("periodStart", Column.of(periodStart(subscription), Instant.class))
                .bind("trialEnd", Column.of(subscription.period().trialEnd(), Instant.class))
                .map(row -> Objects.requireNonNull(row.get("feature", String.class)))
                .all()
                .collectList();
    }

    /** A schedule changes the plan at the period's end, and Stripe may tell that before the period that begins with it. */
    private static @Nullable Instant periodStart(Subscription subscription) {
        Instant end = subscription.period().end();
        boolean over = end != null && subscription.knowledge().asOf() >= end.getEpochSecond();
        return over ? end : subscription.period().start();
    }
}
