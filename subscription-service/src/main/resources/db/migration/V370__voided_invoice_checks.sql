-- Invoices that were voided, for as long as money may still come for them: a bank debit that was on its way then takes its money all
-- the same, days later. Gone once that is ruled out, or the money is owed back.
create table voided_invoice_checks (
    stripe_invoice_id text primary key, -- no reference: that would lock invoices while older instances write
    payment_intent text, -- the one that may still take money; null: Stripe was not asked yet
    since timestamptz not null default now(),
    next_look_at timestamptz not null default now()
);
create index voided_invoice_checks_due on voided_invoice_checks (next_look_at);
create index voided_invoice_checks_of on voided_invoice_checks (payment_intent);

-- Those of before: no bank takes longer. Not all of them at once.
insert into voided_invoice_checks (stripe_invoice_id, next_look_at)
select stripe_invoice_id, now() + random() * interval '1 day' from invoices
where status = 'void' and amount_due > 0 and updated_at > now() - interval '60 days';

-- What came for a void invoice paid for no period, so that it goes back takes nothing from one.
create or replace view period_money as
select p.subscription_id, p.period,
       sum(p.amount_paid + case when p.changes or p.status = 'void' then 0 else greatest(0, p.total - p.amount_due) end) as paid,
       sum(b.back) as back, sum(r.asked) as asked,
       greatest(0, sum(greatest(0, -p.total))
                   - coalesce(sum(greatest(0, p.total - p.amount_due)) filter (where p.changes and p.status <> 'void'), 0)) as credit
from invoice_periods p
cross join lateral (select coalesce(sum(amount), 0) as back from invoice_money_back
                    where stripe_invoice_id = p.stripe_invoice_id and counts and p.status <> 'void') b
cross join lateral (select coalesce(sum(amount), 0) as asked from invoice_refunds
                    where stripe_invoice_id = p.stripe_invoice_id and status = 'asked' and purpose = 'requested') r
group by p.subscription_id, p.period;
