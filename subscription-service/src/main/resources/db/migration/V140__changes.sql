-- Changes of plan or quantity that were begun: committed before Stripe is asked, so that what a crash or a time-out left
-- open is asked again with the same key, and a quote is good for one change.
-- id: the quote's, or the request's where there was none. request_id: the one request that may go on with it.
-- proration_date: Stripe's seconds, as quoted; null: the moment Stripe is asked.
-- status: asked, done (in force, or waiting for its payment), refused. tries: how often Stripe was asked.
create table subscription_changes (
    id uuid primary key,
    request_id uuid not null,
    subscription_id uuid not null references subscriptions (id),
    plan_id text not null references plans (id),
    stripe_price_id text not null,
    stripe_item_id text not null,
    quantity integer not null,
    proration_date bigint,
    status text not null check (status in ('asked', 'done', 'refused')),
    why text,
    tries integer not null default 0,
    next_ask_at timestamptz, -- null when it is known what became of it
    created_at timestamptz not null,
    updated_at timestamptz not null
);
-- One at a time: two changes reckoned from the same state would both be billed.
create unique index subscription_changes_one_asked on subscription_changes (subscription_id) where status = 'asked';
create index subscription_changes_due on subscription_changes (next_ask_at) where next_ask_at is not null;
