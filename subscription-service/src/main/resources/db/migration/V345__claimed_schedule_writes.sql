-- Whether a round of the sweep has looked at it since its request was made last. What was not rests as its write is under way: it is not
-- made due as Stripe is back, as no end is lost yet, and it would be forgotten.
alter table schedule_writes add column claimed boolean not null default false;
