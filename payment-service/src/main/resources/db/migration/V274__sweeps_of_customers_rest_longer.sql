-- How often Stripe was asked: what it refuses rests longer each time, behind what is new.
alter table customers add column deletion_attempts integer not null default 0;
alter table customers add column default_attempts integer not null default 0;
