-- When Stripe is asked next about a refund that a bank has not taken yet, in case no event tells what became of it.
alter table invoice_money_back add column next_look_at timestamptz not null default now() + interval '1 day';
create index invoice_money_back_pending on invoice_money_back (next_look_at)
    where kind = 'refund' and status in ('pending', 'requires_action');
