-- Domain events that another system asked for again. A row is the whole progress: any instance goes on with it.
-- position: all up to this number of the outbox that is meant is on Kafka. last: the number at which it ends, the outbox's
-- newest when it was asked for; what is written later is told live.
-- lease_until, token: until when one instance sends for it; who lost the lease moves no position.
create table event_replays (
    id uuid primary key,
    consumer text not null,
    aggregate_id text, -- null: of all aggregates
    event_types text[] not null default '{}', -- empty: of all types
    since timestamptz, -- null: all that is kept
    until timestamptz,
    status text not null check (status in ('running', 'done', 'failed')),
    why text, -- what it waits on, or why it failed
    events bigint not null, -- how many were meant when it was asked for
    sent bigint not null default 0,
    position bigint not null,
    last bigint not null,
    token bigint not null default 0,
    lease_until timestamptz not null default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
-- One at a time: two would mix the events of one aggregate.
create unique index event_replays_running on event_replays (consumer) where status = 'running';
create index event_replays_newest on event_replays (created_at desc, id desc);

-- All that was told of one order is found without reading everything that was told.
create index outbox_of_aggregate on outbox (aggregate_id, seq);
