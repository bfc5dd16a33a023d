-- When the user wanted to be deleted who had this subscription then: what Stripe still tells of their words is not kept.
alter table subscriptions add column erased_at timestamptz;
