-- Which invoices are of one period: the one it began with, and those of changes since.
create view invoice_periods as
select stripe_invoice_id, subscription_id, amount_paid, amount_due, total,
       billing_reason is not distinct from 'subscription_update' as changes,
       count(*) filter (where billing_reason is distinct from 'subscription_update')
           over (partition by subscription_id
                 order by issued_at, billing_reason is not distinct from 'subscription_update', place
                 rows unbounded preceding) as period
from invoices
where billing_reason is distinct from 'manual';

-- What was paid for a period, what of it went back or is about to, and what of it is credit: given by changes, and not used by
-- other changes of the period.
create view period_money as
select p.subscription_id, p.period, sum(p.amount_paid) as paid, sum(b.back) as back, sum(r.asked) as asked,
       greatest(0, sum(greatest(0, -p.total))
                   - coalesce(sum(greatest(0, p.total - p.amount_due)) filter (where p.changes), 0)) as credit
from invoice_periods p
cross join lateral (select coalesce(sum(amount), 0) as back from invoice_money_back
                    where stripe_invoice_id = p.stripe_invoice_id and counts) b
cross join lateral (select coalesce(sum(amount), 0) as asked from invoice_refunds
                    where stripe_invoice_id = p.stripe_invoice_id and status = 'asked') r
group by p.subscription_id, p.period;

-- Credit whose money went back: to be taken from the customer's balance at Stripe, and given again where a dispute is won.
-- target: how much of it is to be taken; taken: how much is. move: what Stripe is asked for now, committed before; moves:
-- how many are over, in the key of each.
create table credit_recoveries (
    subscription_id uuid primary key references subscriptions (id),
    target bigint not null,
    taken bigint not null default 0,
    move bigint,
    moves integer not null default 0,
    tries integer not null default 0,
    next_attempt_at timestamptz, -- null: no more
    updated_at timestamptz not null default now()
);
create index credit_recoveries_due on credit_recoveries (next_attempt_at) where next_attempt_at is not null;
