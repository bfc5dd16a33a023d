create table account (id text primary key, total bigint not null);
