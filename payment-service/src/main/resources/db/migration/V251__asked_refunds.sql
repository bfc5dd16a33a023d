-- What a refund was asked for with; amount is what Stripe made of it. Null: the same, of before this was kept.
alter table refunds add column asked_amount bigint;
