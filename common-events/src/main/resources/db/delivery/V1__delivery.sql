-- Events that have been applied: the row is written in the transaction of the effect, so an event
-- whose id is here changes nothing any more.
create table inbox (
    event_id text primary key,
    type text not null,
    applied_at timestamptz not null default now()
);
create index inbox_applied_at on inbox (applied_at);

-- Verified events whose object is not known here yet. waits_for is the key (an order id, a payment
-- intent id) whose creation sets next_try_at to now; they are also tried again with growing waits.
create table parked_events (
    event_id text primary key,
    type text not null,
    waits_for text not null,
    payload bytea not null, -- the event without secrets and personal data
    tries integer not null default 0,
    parked_at timestamptz not null default now(),
    next_try_at timestamptz not null
);
create index parked_events_waits_for on parked_events (waits_for);
create index parked_events_next_try_at on parked_events (next_try_at);

-- Domain events, written in the transaction of the change they tell. One relay at a time sends a
-- shard, so events of one aggregate leave in the order they were written.
create table outbox (
    seq bigint generated always as identity primary key,
    id uuid not null unique, -- ce_id: consumers drop repeats by it
    shard smallint not null,
    topic text not null,
    aggregate_id text not null,
    type text not null,
    payload text not null,
    traceparent text,
    created_at timestamptz not null default now(),
    sent_at timestamptz
);
create index outbox_unsent on outbox (shard, seq) where sent_at is null;
create index outbox_sent_at on outbox (sent_at) where sent_at is not null;
