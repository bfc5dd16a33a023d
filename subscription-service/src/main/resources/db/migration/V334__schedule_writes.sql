-- Writes to a subscription schedule for a change at the period's end, kept before Stripe is asked: an end that its user sets after the
-- schedule was read is written over, and is to be put back. Gone once no end is lost by it; what a crash left is found here.
create table schedule_writes (
    request_id uuid primary key,
    subscription_id uuid not null, -- no reference: that would lock subscriptions while older instances write
    stripe_schedule_id text not null,
    tries integer not null default 0,
    next_attempt_at timestamptz not null
);
create index schedule_writes_of on schedule_writes (subscription_id);
create index schedule_writes_due on schedule_writes (next_attempt_at);
