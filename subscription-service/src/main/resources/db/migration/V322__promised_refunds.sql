-- How much of the invoice's money had gone back when a refund was left to a person: what goes back after that makes it good.
alter table invoice_refunds add column gone_before bigint;
