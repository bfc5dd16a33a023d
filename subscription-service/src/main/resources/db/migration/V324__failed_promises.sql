-- failed_at: when Stripe first refused a refund that was not taken back: gone_before is of then, and what goes back after it
-- makes the refund good, also while it is still tried. Null: of before this migration, which kept updated_at alone.
-- flagged_at: since when it is left to a person: what operators give back after that makes it good too.
alter table invoice_refunds add column failed_at timestamptz, add column flagged_at timestamptz;

-- Of what is still tried nobody knows when it was refused: what went back since it was promised may have been for it.
update invoice_refunds owed
set failed_at = created_at,
    gone_before = (select coalesce(sum(b.amount), 0) from invoice_money_back b
                   where b.stripe_invoice_id = owed.stripe_invoice_id and b.counts and (b.kind <> 'dispute' or b.status = 'lost')
                     and b.since < owed.created_at
                     and not exists (select 1 from invoice_refunds own
                                     where own.stripe_invoice_id = b.stripe_invoice_id and own.stripe_refund_id = b.object_id
                                       and own.purpose = 'requested'))
where status = 'asked' and purpose = 'requested' and why is not null and failed_at is null;
