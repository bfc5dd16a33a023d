-- A plan that a subscription is to have from the next period on, while it is not sure yet that no other of the user has it: written
-- before Stripe is asked, so that a crash between the two is found; gone once it is checked.
create table scheduled_change_checks (
    subscription_id uuid primary key references subscriptions (id),
    plan_id text not null,
    tries integer not null default 0,
    next_attempt_at timestamptz not null
);
create index scheduled_change_checks_due on scheduled_change_checks (next_attempt_at);
