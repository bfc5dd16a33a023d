-- Trials that were had, for ever: one per user and product, whatever became of the subscription and however it was reached.
-- A start that asks for one has it from the moment it is begun, and gives it back where it comes to nothing.
create table trials (
    user_id text not null,
    product text not null,
    subscription_id uuid not null,
    began_at timestamptz not null,
    primary key (user_id, product)
);
create index trials_product on trials (product);
insert into trials (user_id, product, subscription_id, began_at)
select distinct on (s.user_id, p.product) s.user_id, p.product, s.id, s.created_at
from subscriptions s join plans p on p.id = s.plan_id
where s.trial_end is not null order by s.user_id, p.product, s.created_at;

-- Cards of users, by Stripe's fingerprint of their number: whoever comes back as somebody else with the same card has had
-- the trials of before. They outlive the card and the user.
create table user_cards (
    user_id text not null,
    fingerprint text not null,
    primary key (user_id, fingerprint)
);
create index user_cards_fingerprint on user_cards (fingerprint);
