-- What one user owes for one reference (an order id). A payable that is closed before anything was
-- owed has no user, amount and currency: it only refuses what comes later. The row is the lock under
-- which its payments, refunds and disputes change.
create table payables (
    reference text primary key,
    user_id text,
    amount bigint check (amount > 0),
    currency text,
    status text not null check (status in ('open', 'settled', 'closed')),
    settled_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (status = 'closed' or (user_id is not null and amount is not null and currency is not null)),
    check ((status = 'settled') = (settled_by is not null))
);

-- One attempt to pay a payable. id is the attempt id in Stripe's metadata and idempotency keys.
-- terms: what Stripe was asked for, so that it can be asked again with the same key; no secrets.
-- intent, session: the merged facts known of the objects at Stripe; the status is computed from them.
-- active: the attempt that may still bring money on its own; it goes from true to false, never back.
-- surplus: why this payment's money goes back by itself (duplicate, late).
-- asks, next_ask_at: when Stripe is asked again for want of news.
create table payments (
    id uuid primary key,
    reference text not null references payables (reference),
    user_id text not null,
    method text not null,
    status text not null,
    active boolean not null,
    amount bigint not null,
    currency text not null,
    terms jsonb not null,
    stripe_customer_id text not null,
    stripe_payment_method_id text,
    stripe_intent_id text unique,
    stripe_session_id text unique,
    intent jsonb,
    session jsonb,
    failure jsonb,
    surplus text check (surplus in ('duplicate', 'late')),
    receipt_url text,
    version integer not null default 0,
    asks integer not null default 0,
    next_ask_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create unique index payments_one_active on payments (reference) where active;
create index payments_reference on payments (reference);
create index payments_user on payments (user_id, created_at desc, id desc);
create index payments_next_ask on payments (next_ask_at) where next_ask_at is not null;

-- Why a payment is in its state. cause: api, event:<Stripe's event id>, stripe:<why it was read>.
create table payment_history (
    payment_id uuid not null references payments (id),
    version integer not null,
    from_status text,
    to_status text not null,
    cause text not null,
    at timestamptz not null default now(),
    primary key (payment_id, version)
);

-- Money given back. The row is there before Stripe is asked, and reserves the amount. purpose:
-- requested by an operator, by ourselves for a duplicate or late payment, or made at Stripe's dashboard.
create table refunds (
    id uuid primary key,
    payment_id uuid not null references payments (id),
    reference text not null references payables (reference),
    amount bigint not null check (amount > 0),
    currency text not null,
    purpose text not null check (purpose in ('requested', 'duplicate', 'late', 'dashboard')),
    reason text,
    note text,
    status text not null,
    stripe_refund_id text unique,
    failure_reason text,
    asks integer not null default 0,
    next_ask_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index refunds_payment on refunds (payment_id);
create index refunds_reference on refunds (reference);
create index refunds_next_ask on refunds (next_ask_at) where next_ask_at is not null;

create table disputes (
    stripe_dispute_id text primary key,
    payment_id uuid not null references payments (id),
    reference text not null references payables (reference),
    fact jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index disputes_reference on disputes (reference);

create table fraud_warnings (
    stripe_warning_id text primary key,
    payment_id uuid not null references payments (id),
    fraud_type text not null,
    actionable boolean not null,
    created_at timestamptz not null default now()
);
