-- One row per user, made at the first need; it is also the lock under which the user's cards change.
-- Email, name and address stand here and in no other table.
-- stripe_customer_id: null until Stripe has answered, and again after the customer was deleted there.
-- generation: part of the idempotency key of the creation; it grows when a customer ended, so that the next creation
--   is a new one.
-- asked_at: Stripe was asked to create this generation, and its answer is not stored yet.
-- leaving: the user wants to be deleted; Stripe has not confirmed yet.
-- details_due: Stripe's customer was made anew and does not have email, name and address yet.
-- version: grows with every change, so that an answer of Stripe that was overtaken is not stored.
create table customers (
    user_id text primary key,
    generation integer not null default 1,
    stripe_customer_id text unique,
    asked_at timestamptz,
    leaving boolean not null default false,
    registered_at timestamptz,
    email text,
    name text,
    address jsonb,
    details_due boolean not null default false,
    default_payment_method text,
    version integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index customers_leaving on customers (updated_at) where leaving;

-- Customers at Stripe that ended, so that late events about them and old payments still find their user.
create table former_customers (
    stripe_customer_id text primary key,
    user_id text not null references customers (user_id),
    ended_at timestamptz not null default now()
);
create index former_customers_user on former_customers (user_id);

-- Saved cards: what may be shown, nothing that could pay.
-- duplicate_of: the same card again (by fingerprint), not shown; detach_due: when it is detached at Stripe.
-- mandate: Stripe's status of the mandate to charge it, where the card has one.
-- expiry_told: the expiry (year * 100 + month) that payment_method.expiring was told for.
create table cards (
    payment_method_id text primary key,
    user_id text not null references customers (user_id),
    stripe_customer_id text not null,
    brand text not null,
    last_four text not null,
    exp_month integer not null,
    exp_year integer not null,
    country text,
    funding text,
    fingerprint text,
    duplicate_of text,
    detach_due timestamptz,
    mandate text,
    expiry_told integer,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (duplicate_of <> payment_method_id)
);
create unique index cards_kept_once on cards (user_id, fingerprint) where duplicate_of is null and fingerprint is not null;
create index cards_user on cards (user_id, created_at desc, payment_method_id desc);
create index cards_detach_due on cards (detach_due) where detach_due is not null;
create index cards_expiry on cards (exp_year, exp_month);

-- A detached card never comes back: an event that tells of its saving and comes late changes nothing. The id alone.
create table removed_cards (
    payment_method_id text primary key,
    user_id text not null references customers (user_id),
    removed_at timestamptz not null default now()
);
