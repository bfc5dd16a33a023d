-- How much of what was paid too late a dismissal is of: no more than was left to give back then. Null: of before this was kept, all of
-- it. What comes back later is not of it, and owed again.
alter table invoice_refunds add column dismissed_amount bigint;
