-- When what was paid for a start is asked back next, and how often it was, with the start's own questions or without: once the
-- start is over nobody asks about it any more, and its money is owed all the same.
alter table start_refunds
    add column tries int not null default 0,
    add column next_attempt_at timestamptz not null default now();
update start_refunds f set tries = s.asks from subscriptions s where s.id = f.subscription_id;
