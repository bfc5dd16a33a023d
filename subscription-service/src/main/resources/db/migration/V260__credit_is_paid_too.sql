-- What credit paid of an invoice is paid as well, and one that was voided used none: its credit is back. An invoice that only
-- gives, as a change in the dashboard has it with the next period, is of the period whose rest it gives back.
create or replace view invoice_periods as
select stripe_invoice_id, subscription_id, amount_paid, amount_due, total,
       billing_reason is not distinct from 'subscription_update' as changes,
       count(*) filter (where billing_reason is distinct from 'subscription_update' and total >= 0)
           over (partition by subscription_id
                 order by issued_at, billing_reason is not distinct from 'subscription_update', place
                 rows unbounded preceding) as period,
       status
from invoices
where billing_reason is distinct from 'manual';

create or replace view period_money as
select p.subscription_id, p.period,
       sum(p.amount_paid + case when p.changes or p.status = 'void' then 0 else greatest(0, p.total - p.amount_due) end) as paid,
       sum(b.back) as back, sum(r.asked) as asked,
       greatest(0, sum(greatest(0, -p.total))
                   - coalesce(sum(greatest(0, p.total - p.amount_due)) filter (where p.changes and p.status <> 'void'), 0)) as credit
from invoice_periods p
cross join lateral (select coalesce(sum(amount), 0) as back from invoice_money_back
                    where stripe_invoice_id = p.stripe_invoice_id and counts) b
cross join lateral (select coalesce(sum(amount), 0) as asked from invoice_refunds
                    where stripe_invoice_id = p.stripe_invoice_id and status = 'asked') r
group by p.subscription_id, p.period;
