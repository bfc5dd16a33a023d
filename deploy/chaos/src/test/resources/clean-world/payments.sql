insert into payables (reference, user_id, amount, currency, status, settled_by)
values ('00000000-0000-0000-0000-000000000001', 'ann', 999, 'usd', 'settled', '00000000-0000-0000-0000-00000000000a'),
       ('00000000-0000-0000-0000-000000000002', 'ann', 999, 'usd', 'closed', null),
       ('00000000-0000-0000-0000-000000000003', 'bob', 2000, 'eur', 'settled', '00000000-0000-0000-0000-00000000000c');

insert into payments (id, reference, user_id, method, status, active, amount, currency, terms, stripe_customer_id, stripe_intent_id,
                      surplus, version)
values ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001', 'ann', 'card', 'succeeded', false, 999, 'usd', '{}', 'cus_1', 'pi_1', null, 1),
       ('00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-000000000002', 'ann', 'card', 'succeeded', false, 999, 'usd', '{}', 'cus_1', 'pi_2', 'late', 2),
       ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-000000000003', 'bob', 'card', 'succeeded', false, 2000, 'eur', '{}', 'cus_2', 'pi_3', null, 1);

insert into payment_history (payment_id, version, from_status, to_status, cause)
values ('00000000-0000-0000-0000-00000000000a', 0, null, 'initiated', 'api'),
       ('00000000-0000-0000-0000-00000000000a', 1, 'initiated', 'succeeded', 'event:evt_1'),
       ('00000000-0000-0000-0000-00000000000b', 0, null, 'initiated', 'api'),
       ('00000000-0000-0000-0000-00000000000b', 1, 'initiated', 'unknown', 'api'),
       ('00000000-0000-0000-0000-00000000000b', 2, 'unknown', 'succeeded', 'stripe:sweep'),
       ('00000000-0000-0000-0000-00000000000c', 0, null, 'initiated', 'api'),
       ('00000000-0000-0000-0000-00000000000c', 1, 'initiated', 'succeeded', 'api');

insert into refunds (id, payment_id, reference, amount, currency, purpose, status, stripe_refund_id)
values ('20000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-000000000002', 999, 'usd', 'late', 'succeeded', 're_2'),
       ('20000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-000000000003', 500, 'eur', 'requested', 'succeeded', 're_3');

insert into customers (user_id, stripe_customer_id, email) values ('ann', 'cus_1', 'ann@example.com'), ('bob', 'cus_2', null);

insert into inbox (event_id, type)
values ('evt_1', 'payment_intent.succeeded'), ('evt_2', 'payment_intent.succeeded'), ('evt_3', 'payment_intent.succeeded'),
       ('evt_r2', 'refund.created'), ('evt_r3', 'refund.created'), ('evt_r9', 'refund.created'), ('evt_parked', 'charge.dispute.created');

insert into outbox (id, shard, topic, aggregate_id, type, payload, sent_at)
values ('10000000-0000-0000-0000-000000000011', 1, 'payments.events', '00000000-0000-0000-0000-000000000001', 'io.tillstream.payment.succeeded.v1',
        '{"paymentId": "00000000-0000-0000-0000-00000000000a"}', now()),
       ('10000000-0000-0000-0000-000000000012', 2, 'payments.events', '00000000-0000-0000-0000-000000000002', 'io.tillstream.payment.late_refunded.v1',
        '{"paymentId": "00000000-0000-0000-0000-00000000000b", "refundId": "re_2"}', now()),
       ('10000000-0000-0000-0000-000000000013', 3, 'payments.events', '00000000-0000-0000-0000-000000000003', 'io.tillstream.payment.succeeded.v1',
        '{"paymentId": "00000000-0000-0000-0000-00000000000c"}', now()),
       ('10000000-0000-0000-0000-000000000014', 3, 'payments.events', '00000000-0000-0000-0000-000000000003', 'io.tillstream.payment.refunded.v1',
        '{"paymentId": "00000000-0000-0000-0000-00000000000c", "refundId": "re_3"}', now());
