-- What is owed of a late payment keeps nothing of it from an operator who gives it back: only what operators asked for is asked.
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
                    where stripe_invoice_id = p.stripe_invoice_id and status = 'asked' and purpose = 'requested') r
group by p.subscription_id, p.period;
