-- Operators look for the orders of one state, newest first, and for the one that a payment at Stripe's dashboard is for.
create index orders_of_status on orders (status, created_at desc, id desc);
create index orders_payment_intent on orders (payment_intent) where payment_intent is not null;
