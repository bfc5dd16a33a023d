-- What is looked for that may expire. What an attempt left that failed is of no use.
drop index concurrently if exists orders_open;
create index concurrently orders_open on orders (created_at)
    where status in ('AWAITING_PAYMENT', 'ACTION_REQUIRED', 'PAYMENT_FAILED') and cancel_requested_at is null;
