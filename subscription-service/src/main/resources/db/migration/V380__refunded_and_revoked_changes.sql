-- Subscriptions whose money went back while a change waited for its payment, or for Stripe's answer: paid, the change would take that
-- money for paid. Looked at until nothing waits.
create table refunded_change_checks (
    subscription_id uuid primary key, -- no reference: that would lock subscriptions while older instances write
    tries integer not null default 0,
    next_attempt_at timestamptz not null
);
create index refunded_change_checks_due on refunded_change_checks (next_attempt_at);

-- When its user took back a change that Stripe had not answered: it is not asked for again. Older instances know nothing of that, and ask.
alter table subscription_changes add column withdrawn_at timestamptz;
