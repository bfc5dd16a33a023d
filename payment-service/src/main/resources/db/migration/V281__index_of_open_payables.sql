-- What a deletion closes, also where no payment of it is left. What an attempt left that failed is of no use.
drop index concurrently if exists payables_open;
create index concurrently payables_open on payables (user_id) where status = 'open';
