-- What was given back of a start may come back from its bank days later, and is owed then: a row stays for that. Older instances leave
-- it alone, as its next attempt never comes.
alter table start_refunds
    add column refunds text[], -- Stripe's ids of what goes back
    add column given_back_at timestamptz, -- null: owed
    add column next_look_at timestamptz, -- when Stripe is asked what became of it; null: it has arrived, or is owed
    add column returned_at timestamptz; -- when a bank sent it back: no other try changes that
create index start_refunds_look on start_refunds (next_look_at) where next_look_at is not null;
