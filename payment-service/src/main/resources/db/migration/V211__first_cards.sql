-- The user's first card, saved on a page or with an order, that Stripe does not have as the default yet.
alter table customers add column default_due text;
create index customers_default_due on customers (updated_at) where default_due is not null;
