-- A key that nothing came of ends, else whoever sends nonsense fills the table for ever.
-- doubts: its runs of which it is not certain that they did nothing: one that is under way, was cut off, failed or succeeded.
-- derived_id: the key's id, which what a run makes has; id_in: where that would be, as table.column.
-- Null: nobody knows, as of keys from before this, and the key stays.
alter table idempotency_keys add column doubts integer not null default 1;
alter table idempotency_keys add column derived_id uuid;
alter table idempotency_keys add column id_in text;

create index idempotency_keys_refused on idempotency_keys (id_in, expires_at) where doubts = 0;
