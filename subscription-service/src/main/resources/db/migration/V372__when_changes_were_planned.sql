-- Since when a change for the period's end waits for its check: what began later does not give way to it. Of one that is chosen again
-- before that the first time, which an older instance leaves as it is too.
alter table scheduled_change_checks add column planned_at timestamptz not null default now();
