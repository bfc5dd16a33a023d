-- When each sweep asks Stripe again. On one clock, updated_at, the one kept putting the other off.
alter table customers add column deletion_ask_at timestamptz;
alter table customers add column default_ask_at timestamptz;
update customers set deletion_ask_at = now() where leaving;
update customers set default_due = null where leaving;
update customers set default_ask_at = now() where default_due is not null;
drop index customers_leaving;
create index customers_leaving on customers (deletion_ask_at) where leaving;
drop index customers_default_due;
create index customers_default_due on customers (default_ask_at) where default_due is not null;
