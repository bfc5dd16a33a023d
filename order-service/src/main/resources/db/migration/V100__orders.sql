-- What is for sale. Orders keep a copy of what they bought, so a product may change at any time.
create table products (
    id text primary key, -- a readable slug
    name text not null,
    description text not null,
    amount bigint not null check (amount > 0), -- smallest unit of the currency
    currency text not null check (currency ~ '^[a-z]{3}$'),
    active boolean not null default true,
    image_url text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table orders (
    id uuid primary key, -- derived from user and Idempotency-Key: the same request finds the same order
    user_id text not null,
    status text not null,
    version integer not null default 0, -- of the newest row in order_history
    amount bigint not null check (amount > 0),
    currency text not null,
    lines jsonb not null, -- product, name, quantity and price as bought; never changes, always read with the order
    shipping_address jsonb,
    cancel_requested_at timestamptz, -- set before payment-service is asked to close the payable; no new payment from then on
    canceled_at timestamptz, -- set once nothing can be paid any more
    payment_intent text, -- the payment that counts
    amount_paid bigint not null default 0, -- what Stripe holds, or held, of that payment
    paid_currency text,
    amount_refunded bigint not null default 0, -- of that payment
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index orders_of_user on orders (user_id, created_at desc, id desc);
create index orders_newest on orders (created_at desc, id desc);
create index orders_canceling on orders (cancel_requested_at) where cancel_requested_at is not null and canceled_at is null;

-- Every move of an order, in order. The version has no gaps.
create table order_history (
    order_id uuid not null references orders (id),
    version integer not null,
    from_status text, -- null: it was placed
    to_status text not null,
    cause_kind text not null, -- request, payment_answer, stripe_event or question
    cause_id text not null, -- order or attempt id, event id, or the id of who was asked about
    at timestamptz not null,
    primary key (order_id, version)
);

-- What happened around an order beside its moves: calls made, events applied and ignored, and why.
create table order_timeline (
    id bigint generated always as identity primary key,
    order_id uuid not null references orders (id),
    at timestamptz not null,
    kind text not null, -- call or event
    what text not null, -- the call, or the type of the event
    ref text, -- attempt id or event id
    outcome text not null,
    why text
);
create index order_timeline_of_order on order_timeline (order_id, id);

-- What Stripe's events and payment-service's answers told, merged per Stripe object. An order's state
-- is a function of its rows here, see SettlementRules.
create table order_facts (
    object_id text primary key, -- Stripe's id of the intent, session, refund or dispute
    order_id uuid not null references orders (id),
    kind text not null,
    fact jsonb not null,
    updated_at timestamptz not null
);
create index order_facts_of_order on order_facts (order_id);

-- Which order a payment intent, charge or session belongs to: refunds and disputes name only those.
create table stripe_objects (
    object_id text primary key,
    order_id uuid not null references orders (id)
);

-- One row per try to pay, committed before payment-service is asked; its id is the key of that question.
create table order_payments (
    id uuid primary key,
    order_id uuid not null references orders (id),
    method text not null,
    state text not null, -- asked: the answer was never stored; see UnansweredPayments
    payment_id text, -- payment-service's
    payment_intent text,
    failure_code text,
    decline_code text,
    failure_message text,
    retryable boolean,
    asks integer not null default 0,
    next_ask_at timestamptz, -- when to ask what became of it; null: known
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index order_payments_of_order on order_payments (order_id, created_at);
create index order_payments_due on order_payments (next_ask_at) where next_ask_at is not null;
