-- Its cancel was asked for as nobody paid it in time.
alter table orders add column expired boolean not null default false;
