-- Recoveries of credit that were given up are counted each minute; those that are done stay in the table for ever.
create index credit_recoveries_given_up on credit_recoveries (updated_at)
    where next_attempt_at is null and (target <> taken or move is not null);
