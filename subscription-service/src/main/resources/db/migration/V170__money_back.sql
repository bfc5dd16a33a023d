-- Which of Stripe's payment intents paid which bill: refunds, disputes and warnings name only the intent.
create table invoice_payments (
    payment_intent text primary key,
    stripe_invoice_id text not null
);

-- Money of a bill that goes back, or may: refunds, disputes, fraud warnings, credit notes.
-- counts: it takes from what was paid: a refund that did not fail, a dispute that is open or lost, a credit note that is
-- issued. fact: all that is known of it, merged, so that the order of its events does not matter.
create table invoice_money_back (
    object_id text primary key,
    stripe_invoice_id text not null references invoices (stripe_invoice_id),
    kind text not null check (kind in ('refund', 'dispute', 'fraud_warning', 'credit_note')),
    status text not null,
    amount bigint not null,
    counts boolean not null,
    since timestamptz not null, -- the earliest that was told of it, on Stripe's clock
    fact jsonb not null,
    updated_at timestamptz not null default now()
);
create index invoice_money_back_of on invoice_money_back (stripe_invoice_id);

-- Refunds of bills that we make: an operator's, or of money that came after its subscription had ended. Committed before
-- Stripe is asked. status: asked (Stripe is or will be asked), done, refused, flagged (a person has to see to it).
-- keys: how many keys Stripe has refused under; each gets a key of its own, as Stripe repeats what it answered to a key.
create table invoice_refunds (
    id uuid primary key,
    stripe_invoice_id text not null references invoices (stripe_invoice_id),
    purpose text not null check (purpose in ('requested', 'late_payment')),
    amount bigint not null,
    currency text not null,
    reason text,
    status text not null check (status in ('asked', 'done', 'refused', 'flagged')),
    stripe_refund_id text,
    why text,
    keys integer not null default 0,
    tries integer not null default 0,
    next_attempt_at timestamptz, -- null: no more
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index invoice_refunds_of on invoice_refunds (stripe_invoice_id);
create index invoice_refunds_due on invoice_refunds (next_attempt_at) where next_attempt_at is not null;
create unique index invoice_refunds_late on invoice_refunds (stripe_invoice_id) where purpose = 'late_payment';
