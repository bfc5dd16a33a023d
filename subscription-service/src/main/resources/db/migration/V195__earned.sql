-- Whether a bill of the subscription was ever paid, or it has or had a trial: before that, Stripe's "active" gives nothing.
alter table subscriptions add column earned boolean not null default false;
update subscriptions s set earned = true
where trial_end is not null
   or exists (select 1 from invoices i where i.subscription_id = s.id and i.ever_paid);
