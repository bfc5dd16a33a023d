-- Until when one instance tells Stripe of a plan, and all others wait; null: nobody does.
alter table plans add column told_until timestamptz;
