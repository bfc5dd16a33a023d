-- How often a cancel that was begun was gone on with: one that cannot end rests longer each time, behind those that are new.
alter table orders add column cancel_attempts integer not null default 0;
