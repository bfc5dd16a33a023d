-- A customer was deleted while this order could still be paid: its cancel goes on until it ends.
alter table orders add column customer_departed boolean not null default false;
