-- One change of a subscription at a time: from the look at Stripe that it is reckoned from to Stripe's answer. Gone with that; what a
-- crash left runs out.
create table subscription_change_claims (
    subscription_id uuid primary key, -- no reference: that would lock subscriptions while older instances write
    claim uuid not null, -- of one request, so that one that was too slow takes away nobody else's
    expires_at timestamptz not null
);
