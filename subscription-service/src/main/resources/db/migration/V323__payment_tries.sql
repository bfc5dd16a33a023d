-- Tries to take money of a subscription that its user asked for: payments of its invoices, and changes whose card was declined.
-- Those of the last day are counted, older ones go with the next.
create table payment_tries (
    request_id uuid primary key,
    subscription_id uuid not null, -- no reference: that would lock subscriptions while older instances write
    created_at timestamptz not null
);
create index payment_tries_of on payment_tries (subscription_id, created_at);
