-- Disputes of which others were told, in invoice_told as fact disputed: whether one was is not to be seen of its status once it is over.
-- Of those of before, all that are no inquiry are taken to be told: most were, and twice is worse.
insert into invoice_told (subscription_id, fact, about)
select i.subscription_id, 'disputed', b.object_id
from invoice_money_back b join invoices i using (stripe_invoice_id)
where b.kind = 'dispute' and b.status not like 'warning\_%' and b.status <> 'prevented'
on conflict do nothing;
