-- How often a record failed for an unknown reason since the last fault that passes: only that makes it a dead letter, as
-- an outage, however long, tells nothing of the record.
alter table set_aside_records add column unknown_tries integer not null default 0;
