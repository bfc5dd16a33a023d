-- Which money made good which refund that was promised and refused: what Stripe gave back, or what a dispute took. All of a
-- promise's amount or nothing; of money as much as it is. Sums could not tell whose money was whose.
create table invoice_refund_covers (
    promise_id uuid not null references invoice_refunds (id),
    money_id text not null references invoice_money_back (object_id),
    amount bigint not null check (amount > 0),
    primary key (promise_id, money_id)
);

-- Since when it is known here to have gone for good, on the clock of failed_at: what was gone before a promise failed is of
-- something else. Null: it is not gone; or of before this migration, then since.
alter table invoice_money_back add column gone_since timestamptz;

-- gone_before is not needed any more; older instances read it until they are stopped.
-- What failed before its time was kept: as it was judged until now.
update invoice_refunds
set failed_at = updated_at, flagged_at = coalesce(flagged_at, updated_at)
where purpose = 'requested' and status = 'flagged' and failed_at is null;
update invoice_refunds
set failed_at = created_at, flagged_at = coalesce(flagged_at, created_at)
where purpose = 'requested' and status = 'done' and why = 'given_back_otherwise' and failed_at is null;
