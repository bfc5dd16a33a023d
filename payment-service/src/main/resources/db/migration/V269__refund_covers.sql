-- Which refund made good which other that was promised to an operator and refused: all of the promise's amount or nothing, of a
-- refund as much as it is. Sums could not tell whose money was whose.
create table refund_covers (
    promise_id uuid not null references refunds (id) on delete cascade,
    money_id uuid not null references refunds (id) on delete cascade, -- one that turns out to be another of ours goes
    amount bigint not null check (amount > 0),
    primary key (promise_id, money_id)
);
create index refund_covers_money on refund_covers (money_id);

-- failed_at: when Stripe first refused what was promised: what went back before is of something else. flagged_at: since when a
-- person has to see to it: what operators ask for after that makes it good too. gone_since: since when it is known here to be
-- given back, on the same clock; null: it is not, or of before this migration.
alter table refunds add column failed_at timestamptz, add column flagged_at timestamptz, add column gone_since timestamptz;

-- What failed before its time was kept. Of what is still tried, what went back since it was promised may have been for it.
update refunds set failed_at = created_at where purpose = 'requested' and status = 'delayed';
update refunds set failed_at = updated_at, flagged_at = updated_at
where purpose = 'requested' and status = 'refused' and attention is not null;
update refunds set failed_at = created_at, flagged_at = created_at
where purpose = 'requested' and status = 'refused' and failure_reason = 'given_back_otherwise';
