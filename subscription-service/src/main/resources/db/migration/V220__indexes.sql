-- Operators look for the subscriptions of one state or one plan, newest first.
create index subscriptions_of_status on subscriptions (status, created_at desc, id desc);
create index subscriptions_of_plan on subscriptions (plan_id, created_at desc, id desc);

-- What was looked for by reading all.
create index trials_subscription on trials (subscription_id);
create index invoice_refunds_open on invoice_refunds (status) where status in ('asked', 'flagged');
