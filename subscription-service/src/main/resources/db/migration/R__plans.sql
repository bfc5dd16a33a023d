-- Two plans to try things with, by the month and by the year; CATALOG_SEED=false leaves the catalog empty. What an
-- operator has changed since stays as it is. Stripe is told of them as of any other plan: sync_due_at.
insert into plans (id, product, name, description, currency, amounts, billing_interval, trial_days, per_seat,
                   max_quantity, features)
select id, product, name, description, 'usd', cast(amounts as jsonb), billing_interval, trial_days, per_seat,
       max_quantity, cast(features as jsonb)
from (values
    ('starter-monthly', 'starter', 'Starter', 'One reading room of your own.',
     '{"usd": 900, "eur": 800}', 'month', 0, false, 1, '["reading-room"]'),
    ('starter-yearly', 'starter', 'Starter', 'One reading room of your own.',
     '{"usd": 9000, "eur": 8000}', 'year', 0, false, 1, '["reading-room"]'),
    ('pro-monthly', 'pro', 'Pro', 'Reading rooms, annotations and exports for each of your readers.',
     '{"usd": 2900, "eur": 2700}', 'month', 14, true, 100, '["reading-room", "annotations", "exports"]'),
    ('pro-yearly', 'pro', 'Pro', 'Reading rooms, annotations and exports for each of your readers.',
     '{"usd": 29000, "eur": 27000}', 'year', 14, true, 100, '["reading-room", "annotations", "exports"]')
) as plan (id, product, name, description, amounts, billing_interval, trial_days, per_seat, max_quantity, features)
where '${catalogSeed}' = 'true'
on conflict (id) do nothing;
