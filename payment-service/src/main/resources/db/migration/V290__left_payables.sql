-- Since when its user is gone: no attempt begins any more, and money that comes waits for the close of its owner, which alone
-- says whether it stays. Null: they are not.
alter table payables add column left_at timestamptz;
