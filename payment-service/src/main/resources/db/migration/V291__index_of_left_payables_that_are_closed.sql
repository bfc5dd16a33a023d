-- What an instance of the release before closed over money that waited is looked for in each round of a sweep. What an attempt left that
-- failed is of no use.
drop index concurrently if exists payables_left_and_closed;
create index concurrently payables_left_and_closed on payables (updated_at) where status = 'closed' and left_at is not null;
