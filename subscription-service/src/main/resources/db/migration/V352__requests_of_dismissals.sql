-- By which key a dismissal was sent: sent again with the same, also long after its answer was forgotten, it is of what was left
-- then, and not of what has come back since. Null: it had none, or is of before this was kept.
alter table invoice_refund_dismissals add column request_id uuid;
create unique index invoice_refund_dismissals_request on invoice_refund_dismissals (request_id, refund_id);
