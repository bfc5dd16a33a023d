-- How often Stripe was asked in vain, since it last answered, what became of a refund that a bank has: such a look is repeated soon,
-- and what is counted in asks, from which the long rests come, are answers.
alter table refunds add column unanswered integer not null default 0;
