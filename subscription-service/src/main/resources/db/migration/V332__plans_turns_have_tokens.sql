-- told_token: of the turn that ends at told_until; whoever lost it, as it was frozen, writes nothing about the plan.
alter table plans add column told_token bigint not null default 0;
