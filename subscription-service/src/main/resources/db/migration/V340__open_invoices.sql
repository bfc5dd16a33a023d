-- Since when an invoice is known to be open, on the clock that its subscription lives by: a card pays it within minutes, a
-- bank debit within days, and Stripe calls the subscription active meanwhile. Where it is
-- not known, it counts from when the row was written last.
alter table invoices add column open_since timestamptz;
