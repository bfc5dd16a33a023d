-- Which try at Stripe this is, as part of the idempotency key: Stripe repeats for a day what it answered to a key, a
-- failure or a refusal too, so another try needs another key. It grows only after a look at what the last one did.
alter table payments add column stripe_attempt integer not null default 0;
alter table refunds add column stripe_attempt integer not null default 0;

-- refusals: how often Stripe refused a refund that we owe; the rests between tries grow with it.
-- attention: why a person has to look at it; null while it goes on by itself, and when nothing is owed any more.
alter table refunds add column refusals integer not null default 0;
alter table refunds add column attention text;
create index refunds_owed on refunds (created_at desc, id desc) where status = 'delayed' or attention is not null;
