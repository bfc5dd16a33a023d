-- Refunds that a bank had for more than 60 days were asked about no more: they are again, from tomorrow on, when no instance of the
-- release before is left that would end that.
update refunds set next_ask_at = now() + interval '1 day'
where status in ('pending', 'requires_action') and next_ask_at is null and stripe_refund_id is not null;
-- What operators see of them, and a gauge counts.
create index refunds_under_way on refunds (created_at desc, id desc) where status in ('pending', 'requires_action');
