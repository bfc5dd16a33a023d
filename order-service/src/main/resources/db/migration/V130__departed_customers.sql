-- Whose deletion came while a request of theirs was on its way: an order that began before it is not stored after it.
create table departed_customers (
    user_id text primary key,
    until timestamptz not null -- the moment of their wish; what begins later is new
);

-- An order and a deletion of one user take turns. The lock is taken before the look, and each statement in here sees what
-- is committed by then. The whole statement that stores an order fails: nothing of it is stored.
create function refuse_departed() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('departed:' || new.user_id, 0));
    if exists (select 1 from departed_customers where user_id = new.user_id and until >= new.created_at) then
        raise check_violation using message = 'customer has departed';
    end if;
    return new;
end
$$;

create trigger orders_refuse_departed before insert on orders for each row execute function refuse_departed();
