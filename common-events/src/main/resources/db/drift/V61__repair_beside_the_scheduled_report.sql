-- The repair of a report that ran by itself goes on beside the one that runs by itself now.
drop index drift_reports_one_scheduled;
create unique index drift_reports_one_scheduled on drift_reports (asked_by)
    where finished_at is null and asked_by = 'schedule' and round = 0;
