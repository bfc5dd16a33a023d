-- claimed_at: when Stripe was last to be asked about it by the sweep. Later than updated_at: there was no answer, so that it is
-- asked again as soon as Stripe answers; what Stripe refused, and rests for that, rests on.
alter table refunds add column claimed_at timestamptz;
