-- Operators look for the payments of one state, newest first.
create index payments_of_status on payments (status, created_at desc, id desc);

-- What was looked for by reading all.
create index disputes_payment on disputes (payment_id);
create index cards_duplicates on cards (duplicate_of) where duplicate_of is not null;
drop index cards_expiry; -- months are looked for as one number
create index cards_expiry on cards ((exp_year * 100 + exp_month));
