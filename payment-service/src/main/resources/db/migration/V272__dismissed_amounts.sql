-- How much of the payment a dismissal is of: the refund's amount, and no more than was left to give back then. Null: of before this
-- was kept, the amount. What comes back later is not of it.
alter table refunds add column dismissed_amount bigint;
