-- page_since: since when the present page of subscriptions is walked; one that lasts is walked without those that keep it.
alter table adopted_policies add column page_since timestamptz;

-- Subscriptions that could not be given what a policy leaves them: it goes on without them, and each is tried again.
create table policy_stragglers (
    policy_id uuid not null references adopted_policies (id) on delete cascade,
    subscription_id uuid not null,
    fault text not null,
    tries int not null default 1,
    next_attempt_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (policy_id, subscription_id)
);
create index policy_stragglers_due on policy_stragglers (next_attempt_at);
