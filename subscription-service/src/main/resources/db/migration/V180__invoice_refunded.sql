-- What of a bill's payment went back: refunds that did not fail, and credit notes. Kept by those who follow them.
alter table invoices add column amount_refunded bigint not null default 0;
update invoices i set amount_refunded = back.total
from (select stripe_invoice_id, sum(amount) as total from invoice_money_back
      where counts and kind in ('refund', 'credit_note') group by stripe_invoice_id) back
where back.stripe_invoice_id = i.stripe_invoice_id;
