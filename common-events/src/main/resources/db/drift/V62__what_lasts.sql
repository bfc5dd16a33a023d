-- left_out: kinds that could not be compared, and why; compared_at: when all were, which a repair does not change.
alter table drift_reports add column left_out text, add column compared_at timestamptz;

-- What was over can differ once more, and is another difference then.
alter table drift_differences drop constraint drift_differences_report_id_kind_stripe_id_field_key;
create unique index drift_differences_once on drift_differences (report_id, kind, stripe_id, field)
    where status in ('suspected', 'confirmed');
create index drift_differences_report on drift_differences (report_id, id);
