-- Each operator's word that a refund of an invoice is not owed any more. What comes back later is owed again, and may be dismissed by
-- somebody else: the refund's own row has the newest word, this all of them.
create table invoice_refund_dismissals (
    refund_id uuid not null, -- no reference: that would lock refunds while older instances write
    reason text not null,
    by text not null,
    at timestamptz not null,
    amount bigint, -- what was left to give back then; null: of before this was kept, all of it
    primary key (refund_id, at)
);
insert into invoice_refund_dismissals (refund_id, reason, by, at, amount)
select id, dismissed_reason, dismissed_by, dismissed_at, dismissed_amount from invoice_refunds where dismissed_at is not null;
