-- What of the last two days is compared with Stripe is found by its time.
create index payments_created on payments (created_at);
create index refunds_created on refunds (created_at);
create index disputes_created on disputes (created_at);
create index customers_updated on customers (updated_at);
create index cards_updated on cards (updated_at);
