-- Records of stripe.events that kept failing and stepped aside, so that the rest of their partition goes on; the
-- later records of the same key wait behind them, in order. The record itself stays on Kafka: what it carries must not
-- rest in a table.
create table set_aside_records (
    id bigint generated always as identity primary key,
    record_key text not null,
    topic text not null,
    kafka_partition integer not null,
    kafka_offset bigint not null,
    event_id text not null,
    tries integer not null default 0,
    cause text not null, -- why it failed last, or that it waits behind another
    set_aside_at timestamptz not null default now(),
    next_try_at timestamptz not null,
    unique (topic, kafka_partition, kafka_offset)
);
create index set_aside_records_key on set_aside_records (record_key, id);
create index set_aside_records_due on set_aside_records (next_try_at);

-- Who may send a shard of the outbox, and until when. The holder renews it while it lives; whoever takes it over gets
-- a new token, and nothing that was begun with an older one is marked as sent.
create table outbox_leases (
    shard smallint primary key,
    holder uuid,
    token bigint not null default 0,
    lease_until timestamptz not null default '-infinity'
);
insert into outbox_leases (shard) select generate_series(0, 7);
