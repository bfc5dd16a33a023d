-- Who was deleted, also of whom nothing else is known here: what they ordered before that is not begun to be paid any more, as
-- order-service cancels it as soon as it hears of the deletion. What they order later is new.
create table departed_customers (
    user_id text primary key,
    until timestamptz not null -- the moment of their wish
);

-- When order-service stored what is owed for; null where it did not say, as in a release before.
alter table payables add column ordered_at timestamptz;

-- A first payment and a deletion of one user take turns. The lock is taken before the look, and each statement in here sees what is
-- committed by then. The whole statement that begins the payment fails: nothing of it is stored. A payable that is there already is
-- closed by the deletion itself.
create function refuse_departed() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('departed:' || new.user_id, 0));
    if exists (select 1 from departed_customers where user_id = new.user_id and until >= new.ordered_at) then
        raise check_violation using message = 'customer has departed';
    end if;
    return null;
end
$$;

create trigger payables_refuse_departed after insert on payables for each row
    when (new.ordered_at is not null) execute function refuse_departed();
