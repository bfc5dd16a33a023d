-- Stripe's clock has whole seconds: a change of plan and its invoice, or a renewal and what was pending, come in one. Which
-- of two is newer their numbers say, as Stripe counts them for each customer: the digits at the end, so that 10 follows 9.
-- One that has no number is listed by its id.
alter table invoices add column place text collate "C" not null generated always as (
    case
        when number ~ '[0-9]{1,18}$'
            then regexp_replace(number, '[0-9]{1,18}$', '') || lpad(substring(number from '[0-9]{1,18}$'), 18, '0')
        else coalesce(number, '')
    end || ' ' || stripe_invoice_id) stored;
drop index invoices_of_user;
drop index invoices_of_subscription;
create index invoices_of_user on invoices (user_id, issued_at desc, place desc);
create index invoices_of_subscription on invoices (subscription_id, issued_at desc, place desc);
