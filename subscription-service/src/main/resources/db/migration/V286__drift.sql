-- What of the last two days is compared with Stripe is found by its time.
create index invoices_issued on invoices (issued_at);
create index subscriptions_created on subscriptions (created_at);
