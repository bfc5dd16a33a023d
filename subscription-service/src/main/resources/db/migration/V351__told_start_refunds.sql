-- When others were told that Stripe refuses to give back what was paid for a start: once. Null: they were not told.
alter table start_refunds add column told_at timestamptz;
