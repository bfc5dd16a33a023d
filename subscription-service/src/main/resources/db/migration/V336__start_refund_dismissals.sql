-- An operator's word that nobody has to give back what was paid for a start: why, who and when. It is never asked for again.
alter table start_refunds
    add column dismissed_reason text check (dismissed_reason in ('paid_outside_of_stripe', 'waived_by_buyer', 'not_owed')),
    add column dismissed_by text,
    add column dismissed_at timestamptz;
