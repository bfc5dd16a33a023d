-- Starts that run at Stripe and whose payment has not been told of yet: they are looked for with those that are incomplete.
create index subscriptions_unheard_of on subscriptions (created_at desc, id desc)
    where status = 'active' and not earned and request <> '{}';
