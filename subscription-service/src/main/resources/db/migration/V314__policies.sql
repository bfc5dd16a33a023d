-- Dunning policies that operators took on, each from its start until the next one's; before the first, the file counts.
-- position: all subscriptions up to this id have been given what the policy leaves them; walked_at: all have.
-- lease_until, token: until when one instance walks; who lost the lease moves no position.
create table adopted_policies (
    id uuid primary key, -- the preview's
    policy jsonb not null,
    starts_at timestamptz not null,
    adopted_by text not null,
    created_at timestamptz not null default now(),
    position uuid not null default '00000000-0000-0000-0000-000000000000',
    walked_at timestamptz,
    token bigint not null default 0,
    lease_until timestamptz not null default now()
);

-- What a policy would change, compared with the one that is in force at a moment. Computed in steps, as above.
create table policy_previews (
    id uuid primary key,
    policy jsonb not null,
    at timestamptz not null, -- the moment at which the two are compared
    asked_by text not null,
    created_at timestamptz not null default now(),
    looked_at bigint not null default 0, -- subscriptions
    position uuid not null default '00000000-0000-0000-0000-000000000000',
    computed_at timestamptz,
    token bigint not null default 0,
    lease_until timestamptz not null default now()
);

-- One subscription of which the policy would change something: the grade at that moment, or when the next one comes.
-- changes_at: when the two policies first leave it something else. amount: what it pays for a period, in its currency.
create table policy_preview_changes (
    preview_id uuid not null references policy_previews (id),
    subscription_id uuid not null,
    user_id text not null,
    plan_id text not null,
    status text not null,
    features jsonb not null,
    before_grade text not null,
    before_until timestamptz,
    after_grade text not null,
    after_until timestamptz,
    changes_at timestamptz not null,
    amount bigint not null,
    currency text not null,
    primary key (preview_id, subscription_id)
);
