-- Trials that are to end, as their card has had one before: how often that was tried, and when it is tried again. One that
-- Stripe does not end keeps no other from its turn.
create table repeat_trials (
    subscription_id uuid primary key, -- no reference: that would lock subscriptions while older instances write
    tries integer not null,
    next_attempt_at timestamptz not null
);
