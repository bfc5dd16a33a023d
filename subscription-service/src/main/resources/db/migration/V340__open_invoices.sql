-- Since when an invoice is known to be open, on the clock that its subscription lives by: a card pays it within minutes, a
-- bank debit within days, and Stripe calls the subscription active meanwhile.
alter table invoices add column open_since timestamptz;
update invoices set open_since = issued_at where status <> 'draft';
