-- When a report last had its turn; null: never. What an operator asked for comes last for an hour after it.
alter table drift_reports add column turn_at timestamptz;
