-- What can be subscribed to. A plan is one recurring Price at Stripe; plans of one product share its Product there,
-- and with it name and description.
-- amounts: by currency, in its smallest unit; currency is the one that Stripe's Price is made in.
-- offered: the Price's active; product_active: the Product's. A plan can be subscribed to while both are.
-- taken_over: product and price were made at Stripe by somebody else, who keeps changing them there.
-- version: grows with every change of what a Price cannot change (amounts, interval): part of the idempotency key.
-- stripe_price_id: null until the Price of this version is there; lookup_key: of a plan that was taken over.
-- changes: grows with every change that Stripe has to be told of; sync_due_at: when to tell it, null when it has been.
create table plans (
    id text primary key, -- a readable slug
    product text not null, -- plans with the same value share Stripe's Product
    name text not null,
    description text not null default '',
    currency text not null check (currency ~ '^[a-z]{3}$'),
    amounts jsonb not null,
    billing_interval text not null check (billing_interval in ('day', 'week', 'month', 'year')),
    interval_count integer not null default 1 check (interval_count > 0),
    trial_days integer not null default 0 check (trial_days >= 0),
    per_seat boolean not null default false,
    max_quantity integer not null default 1 check (max_quantity > 0),
    features jsonb not null default '[]',
    offered boolean not null default true,
    product_active boolean not null default true,
    taken_over boolean not null default false,
    version integer not null default 1,
    stripe_product_id text,
    stripe_price_id text,
    lookup_key text,
    changes integer not null default 0,
    sync_due_at timestamptz default now(),
    sync_tries integer not null default 0,
    synced_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index plans_sync_due on plans (sync_due_at) where sync_due_at is not null;
create index plans_stripe_product on plans (stripe_product_id);

-- Every Price at Stripe that is or was a plan's: subscribers from before a price change stay on the old one.
create table plan_prices (
    stripe_price_id text primary key,
    plan_id text not null references plans (id),
    version integer not null,
    currency text not null,
    amounts jsonb not null,
    created_at timestamptz not null default now()
);
create index plan_prices_plan on plan_prices (plan_id);

-- The newest event applied of each product, price, schedule and the like: an older one changes nothing.
create table stripe_objects (
    object_id text primary key,
    as_of bigint not null, -- created of that event, Stripe's seconds
    fingerprint text not null, -- of what mattered in it, to tell two events of one second apart
    updated_at timestamptz not null default now()
);

-- Who is who at Stripe, as payment-service said; one user may have had several customers there.
create table customers (
    stripe_customer_id text primary key,
    user_id text not null,
    created_at timestamptz not null default now()
);
create index customers_user on customers (user_id);

-- One row per subscription, committed before Stripe is asked; its id is the key of that question and stands in the
-- metadata of Stripe's object.
-- status: Stripe's words, and before them: starting (Stripe has not answered, or a Checkout Session is open),
--   and failed (there is none at Stripe and will be none).
-- as_of, fingerprint: of the newest snapshot of Stripe's that was applied, see stripe_objects.
-- ahead: that snapshot was read or answered, so it may be newer than as_of says: an event that tells something else
--   cannot be trusted to be the newer one, and Stripe is asked.
-- known_at: the newest moment on Stripe's clock that any event of this subscription told; access follows it where it
--   is ahead of ours, as with Stripe's test clocks.
create table subscriptions (
    id uuid primary key,
    user_id text not null,
    stripe_customer_id text,
    plan_id text not null references plans (id),
    stripe_price_id text,
    quantity integer not null default 1,
    currency text not null,
    status text not null,
    version integer not null default 0, -- of the newest row in subscription_history
    stripe_subscription_id text unique,
    checkout_session_id text unique,
    request jsonb not null, -- what the start asked for, to ask again with the same parameters
    next_ask_at timestamptz, -- when to ask what became of the start; null: known
    asks integer not null default 0,
    failure_code text,
    failure_message text,
    current_period_start timestamptz,
    current_period_end timestamptz,
    trial_end timestamptz,
    cancel_at timestamptz,
    cancel_at_period_end boolean not null default false,
    canceled_at timestamptz,
    ended_at timestamptz,
    cancel_reason text,
    pause_behavior text, -- collection is paused; null: it is not
    paused_until timestamptz, -- null: until it is resumed
    pending_plan_id text, -- a change whose payment has not succeeded yet
    pending_quantity integer,
    pending_until timestamptz,
    stripe_schedule_id text,
    scheduled_plan_id text, -- a change at the end of the period
    scheduled_quantity integer,
    scheduled_at timestamptz,
    default_payment_method text,
    latest_invoice_id text,
    past_due_since timestamptz, -- since when payment is owed, on Stripe's clock, as the invoices say; null: it is not
    as_of bigint not null default 0,
    fingerprint text,
    ahead boolean not null default false,
    known_at timestamptz,
    surplus boolean not null default false, -- the user has another live one of the plan; made at Stripe, not here
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index subscriptions_one_live on subscriptions (user_id, plan_id)
    where status in ('starting', 'incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused') and not surplus;
create index subscriptions_of_user on subscriptions (user_id, created_at desc, id desc);
create index subscriptions_newest on subscriptions (created_at desc, id desc);
create index subscriptions_due on subscriptions (next_ask_at) where next_ask_at is not null;
create index subscriptions_customer on subscriptions (stripe_customer_id);

-- Stripe's subscription schedules of ours. A subscription has one that is open at most; what it will change stands in
-- scheduled_* of the subscription, computed from here, as a schedule's events may come before the subscription's own.
create table subscription_schedules (
    stripe_schedule_id text primary key,
    stripe_subscription_id text not null,
    status text not null, -- not_started, active, completed, released or canceled
    stripe_price_id text, -- of the phase that comes next; null: nothing will change
    quantity integer,
    starts_at timestamptz,
    as_of bigint not null,
    fingerprint text not null,
    ahead boolean not null default false
);
create index subscription_schedules_of on subscription_schedules (stripe_subscription_id);

-- What was told of a subscription, so that it is told once however often and in whatever order its events come.
create table subscription_told (
    subscription_id uuid not null references subscriptions (id),
    fact text not null, -- created, activated, renewed, ...
    about text not null, -- which of them: the period, the invoice, the day; empty where there is only one in a life
    primary key (subscription_id, fact, about)
);

-- Every move of a subscription, in order. The version has no gaps.
create table subscription_history (
    subscription_id uuid not null references subscriptions (id),
    version integer not null,
    from_status text, -- null: it was begun
    to_status text not null,
    cause_kind text not null, -- request, stripe_answer, stripe_event or question
    cause_id text not null,
    at timestamptz not null,
    primary key (subscription_id, version)
);

-- What happened around a subscription beside its moves: calls made, events applied and ignored, and why.
create table subscription_timeline (
    id bigint generated always as identity primary key,
    subscription_id uuid not null references subscriptions (id),
    at timestamptz not null,
    kind text not null, -- call or event
    what text not null, -- the call, or the type of the event
    ref text,
    outcome text not null,
    why text
);
create index subscription_timeline_of on subscription_timeline (subscription_id, id);

-- Stripe's invoices of our subscriptions. Amounts in the currency's smallest unit.
-- ever_paid: paid is for ever, also where an older event comes later.
-- as_of, fingerprint, ahead: of the newest snapshot of Stripe's that was applied, as with subscriptions.
create table invoices (
    stripe_invoice_id text primary key,
    subscription_id uuid not null references subscriptions (id),
    user_id text not null,
    number text,
    status text not null, -- Stripe's: draft, open, uncollectible, paid, void
    ever_paid boolean not null default false,
    billing_reason text,
    currency text not null,
    subtotal bigint not null,
    total bigint not null,
    amount_due bigint not null,
    amount_paid bigint not null,
    amount_remaining bigint not null,
    attempt_count integer not null default 0,
    next_attempt_at timestamptz,
    action_attempt integer not null default 0, -- the newest attempt that the bank wanted to see the user for; 0: none
    failed_at timestamptz, -- when the first attempt failed, or the bill became overdue, on Stripe's clock
    problem text, -- Stripe's code of why it could not be finalized
    period_start timestamptz,
    period_end timestamptz,
    due_at timestamptz,
    hosted_url text,
    pdf_url text,
    lines jsonb not null default '[]',
    issued_at timestamptz not null, -- Stripe's created
    paid_at timestamptz,
    as_of bigint not null,
    fingerprint text not null,
    ahead boolean not null default false,
    updated_at timestamptz not null
);
create index invoices_of_user on invoices (user_id, issued_at desc, stripe_invoice_id desc);
create index invoices_of_subscription on invoices (subscription_id, issued_at desc, stripe_invoice_id desc);

-- What was told of bills that may be said by several events, or by one more than once.
create table invoice_told (
    subscription_id uuid not null references subscriptions (id),
    fact text not null, -- payment_failed, action_required, upcoming
    about text not null, -- the invoice and its attempt, or the period
    primary key (subscription_id, fact, about)
);

-- What gives users their features. A row stays when it gives nothing any more.
-- source: a subscription's id, or stripe: and a customer there: a feature that Stripe itself says the customer has.
-- grade: full, limited or none; changes_at: when the dunning policy makes it another by time alone.
-- told_at: the moment on Stripe's clock of which it is true.
create table entitlement_sources (
    user_id text not null,
    source text not null,
    feature text not null,
    grade text not null check (grade in ('full', 'limited', 'none')),
    since timestamptz not null,
    until timestamptz,
    changes_at timestamptz,
    told_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (source, feature, user_id)
);
create index entitlement_sources_of_user on entitlement_sources (user_id);
create index entitlement_sources_changing on entitlement_sources (changes_at) where changes_at is not null;

-- What users may use, as it was told: the best of all sources, which may lose one source without being lost.
create table entitlements (
    user_id text not null,
    feature text not null,
    grade text not null check (grade in ('full', 'limited')),
    subscription_id uuid, -- what gives the best; null: Stripe itself
    since timestamptz not null,
    until timestamptz,
    updated_at timestamptz not null,
    primary key (user_id, feature)
);

-- The features of each plan that those who have it were given; another set than the plan's has still to be followed.
create table entitlement_plans (
    plan_id text primary key references plans (id),
    features jsonb not null
);
