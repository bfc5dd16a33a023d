-- One endpoint opens pages of three kinds, each in a service of its own: an Idempotency-Key stands for a page of one kind.
-- id: what the three services derive from the key alike.
create table checkout_session_keys (
    id uuid primary key,
    mode text not null check (mode in ('payment', 'setup', 'subscription')),
    taken_at timestamptz not null default now()
);

create index checkout_session_keys_age on checkout_session_keys (taken_at);
