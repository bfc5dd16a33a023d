-- Whether only an event told of it: no write is known to be under way then, and what Stripe has when it is looked at decides.
alter table schedule_writes add column by_event boolean not null default false;
