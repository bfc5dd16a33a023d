-- An operator's word that nobody has to give back what was left to a person: why, who and when. It is never asked for again.
alter table invoice_refunds
    drop constraint invoice_refunds_status_check,
    add constraint invoice_refunds_status_check check (status in ('asked', 'done', 'refused', 'flagged', 'dismissed')),
    add column dismissed_reason text check (dismissed_reason in ('paid_outside_of_stripe', 'waived_by_buyer', 'not_owed')),
    add column dismissed_by text,
    add column dismissed_at timestamptz;
