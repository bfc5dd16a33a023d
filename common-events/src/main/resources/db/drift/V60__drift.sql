-- Comparisons of what is known here with what Stripe has: the row is the job. One runs at a time, the oldest that is not
-- finished; whoever holds the lease makes its steps, and each step is kept with its place, so that another goes on there.
create table drift_reports (
    id uuid primary key,
    asked_by text not null check (asked_by in ('schedule', 'operator')),
    span_from timestamptz not null,
    span_until timestamptz not null,
    phase text not null check (phase in ('list', 'unseen', 'confirm', 'repair', 'done')),
    kind text not null, -- what is compared now
    list integer not null default 0, -- which of Stripe's lists of that kind
    place text, -- the last id that was compared in it
    round integer not null default 0, -- how often its repair was asked for
    compared bigint not null default 0,
    calls bigint not null default 0, -- to Stripe
    failures integer not null default 0, -- of the present step, for reasons that do not pass
    problem text, -- why the last step failed; null: it did not
    holder uuid,
    token bigint not null default 0, -- grows with each holder: what one writes that lost the lease counts for nothing
    lease_until timestamptz not null default '-infinity',
    next_step_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz
);
create index drift_reports_open on drift_reports (created_at, id) where finished_at is null;
create index drift_reports_created on drift_reports (created_at desc, id desc);
create unique index drift_reports_one_scheduled on drift_reports (asked_by) where finished_at is null and asked_by = 'schedule';

-- What Stripe's lists had, of the kind that is compared now: what is known here and not among it is asked for one by one.
create table drift_seen (
    report_id uuid not null references drift_reports (id) on delete cascade,
    stripe_id text not null,
    primary key (report_id, stripe_id)
);

-- What differs. suspected: seen once, perhaps its event is on its way; confirmed: seen again later; settled: gone by itself;
-- repaired: gone after a repair. ours, stripes: null where there is no such object; never personal data.
create table drift_differences (
    id bigint generated always as identity primary key,
    report_id uuid not null references drift_reports (id) on delete cascade,
    kind text not null,
    our_id text,
    stripe_id text not null,
    field text not null,
    ours text,
    stripes text,
    status text not null default 'suspected' check (status in ('suspected', 'confirmed', 'settled', 'repaired')),
    checked_in text, -- the report and round in which it was looked at again
    repaired_in integer not null default 0, -- the round in which it was taken in
    outcome text, -- what became of that
    found_at timestamptz not null default now(),
    confirmed_at timestamptz,
    resolved_at timestamptz,
    unique (report_id, kind, stripe_id, field)
);
create index drift_differences_unresolved on drift_differences (kind, stripe_id) where status in ('suspected', 'confirmed');
