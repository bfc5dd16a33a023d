-- When a cancel that was begun was last gone on with: those that cannot end yet do not keep the others waiting.
alter table orders add column cancel_tried_at timestamptz;

-- How many tries to pay an order there were of late.
create index order_payments_newest on order_payments (order_id, created_at desc) where state <> 'NOT_STARTED';
