-- Money of starts that Stripe made other than they were asked for, and has not given back yet. The start is asked about until it
-- has; a row goes with its money.
create table start_refunds (
    subscription_id uuid primary key, -- no reference: that would lock subscriptions while older instances write
    stripe_invoice_id text not null,
    amount bigint not null,
    currency text not null,
    why text not null,
    created_at timestamptz not null
);
