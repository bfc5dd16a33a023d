-- Pauses of collection that were asked for here, committed before Stripe is asked. A user ends only what a user began.
create table pause_requests (
    request_id uuid primary key,
    subscription_id uuid not null references subscriptions (id),
    asked_by text not null check (asked_by in ('user', 'operator')),
    behavior text not null,
    paused_until timestamptz, -- null: until it is resumed
    asked_at timestamptz not null
);
create index pause_requests_of on pause_requests (subscription_id, asked_at);

-- When collection was paused, by whomever, on Stripe's clock: a bill that was dropped then was never paid.
create table subscription_pauses (
    subscription_id uuid not null references subscriptions (id),
    began_at timestamptz not null,
    ended_at timestamptz, -- null: it goes on
    primary key (subscription_id, began_at)
);
insert into subscription_pauses (subscription_id, began_at)
select id, coalesce(current_period_start, created_at) from subscriptions where pause_behavior is not null;
