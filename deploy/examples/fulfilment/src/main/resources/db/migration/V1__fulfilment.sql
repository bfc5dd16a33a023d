-- Events that were applied: the row is written in the transaction of the effect, so an event whose id is here changes nothing
-- any more. Kept longer than Kafka keeps the events.
create table inbox (
    event_id text primary key,
    type text not null,
    applied_at timestamptz not null default now()
);
create index inbox_applied_at on inbox (applied_at);

-- One row an order, whichever of its events comes first.
create table shipments (
    order_id text primary key,
    user_id text,
    placed_at timestamptz,
    address jsonb, -- of order.placed; null: collected at the counter, or erased
    lines jsonb, -- of order.paid: what is sent
    ship_at timestamptz, -- null: not paid yet
    shipping_until timestamptz, -- who claimed it calls the carrier until then; whoever comes later calls again
    shipped_at timestamptz -- the carrier has it
);
create index shipments_due on shipments (ship_at) where shipped_at is null;
create index shipments_of_user on shipments (user_id);

-- Whose orders until then have no address here, and are not sent: asked by events that come later, from another topic or again.
create table deleted_users (
    user_id text primary key,
    until timestamptz not null
);

-- What keeps an order from being sent. Each cause is a fact of its own, and the newest event that tells of it counts.
create table holds (
    order_id text not null,
    reason text not null check (reason in ('refund', 'dispute')),
    cause text not null, -- the dispute's id; empty: there is one at most
    is_held boolean not null,
    sequence text not null, -- ce_sequence of that event: an older one that comes later changes nothing
    primary key (order_id, reason, cause)
);
