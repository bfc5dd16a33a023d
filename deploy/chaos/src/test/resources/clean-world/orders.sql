-- Order 1 is paid; order 2 was canceled, and money that came later went back; of order 3 a part was given back.
insert into orders (id, user_id, status, version, amount, currency, lines, canceled_at, payment_intent, amount_paid, paid_currency,
                    amount_refunded, created_at, updated_at)
values ('00000000-0000-0000-0000-000000000001', 'ann', 'PAID', 1, 999, 'usd', '[]', null, 'pi_1', 999, 'usd', 0, now(), now()),
       ('00000000-0000-0000-0000-000000000002', 'ann', 'CANCELED', 1, 999, 'usd', '[]', now(), 'pi_2', 999, 'usd', 999, now(), now()),
       ('00000000-0000-0000-0000-000000000003', 'bob', 'PARTIALLY_REFUNDED', 2, 2000, 'eur', '[]', null, 'pi_3', 2000, 'eur', 500,
        now(), now());

insert into order_history (order_id, version, from_status, to_status, cause_kind, cause_id, at)
values ('00000000-0000-0000-0000-000000000001', 0, null, 'AWAITING_PAYMENT', 'request', '00000000-0000-0000-0000-000000000001', now()),
       ('00000000-0000-0000-0000-000000000001', 1, 'AWAITING_PAYMENT', 'PAID', 'stripe_event', 'evt_1', now()),
       ('00000000-0000-0000-0000-000000000002', 0, null, 'AWAITING_PAYMENT', 'request', '00000000-0000-0000-0000-000000000002', now()),
       ('00000000-0000-0000-0000-000000000002', 1, 'AWAITING_PAYMENT', 'CANCELED', 'request', '00000000-0000-0000-0000-000000000002', now()),
       ('00000000-0000-0000-0000-000000000003', 0, null, 'AWAITING_PAYMENT', 'request', '00000000-0000-0000-0000-000000000003', now()),
       ('00000000-0000-0000-0000-000000000003', 1, 'AWAITING_PAYMENT', 'PAID', 'payment_answer', '00000000-0000-0000-0000-00000000000c', now()),
       ('00000000-0000-0000-0000-000000000003', 2, 'PAID', 'PARTIALLY_REFUNDED', 'stripe_event', 'evt_r3', now());

insert into order_payments (id, order_id, method, state, payment_id, payment_intent, created_at, updated_at)
values ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001', 'card', 'SUCCEEDED',
        '00000000-0000-0000-0000-00000000000a', 'pi_1', now(), now()),
       ('00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-000000000002', 'card', 'SUCCEEDED',
        '00000000-0000-0000-0000-00000000000b', 'pi_2', now(), now()),
       ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-000000000003', 'card', 'SUCCEEDED',
        '00000000-0000-0000-0000-00000000000c', 'pi_3', now(), now());

insert into order_timeline (order_id, at, kind, what, ref, outcome, why)
values ('00000000-0000-0000-0000-000000000001', now(), 'event', 'payment_intent.succeeded', 'evt_1', 'applied', null),
       ('00000000-0000-0000-0000-000000000001', now(), 'call', 'payment by card', '00000000-0000-0000-0000-00000000000a', 'asked', null);

insert into inbox (event_id, type)
values ('evt_1', 'payment_intent.succeeded'), ('evt_2', 'payment_intent.succeeded'), ('evt_3', 'payment_intent.succeeded'),
       ('evt_r2', 'refund.created'), ('evt_r3', 'refund.created'), ('evt_r9', 'refund.created'),
       ('00000000-0000-0000-0000-0000000000f1', 'io.tillstream.payment.refund_failed.v1'); -- of another service, by its outbox

insert into parked_events (event_id, type, waits_for, payload, next_try_at)
values ('evt_parked', 'charge.dispute.created', 'pi_unknown', '{}', now());

insert into outbox (id, shard, topic, aggregate_id, type, payload, sent_at)
values ('10000000-0000-0000-0000-000000000001', 1, 'orders.events', '00000000-0000-0000-0000-000000000001', 'io.tillstream.order.placed.v1', '{}', now()),
       ('10000000-0000-0000-0000-000000000002', 1, 'orders.events', '00000000-0000-0000-0000-000000000001', 'io.tillstream.order.paid.v1', '{}', now()),
       ('10000000-0000-0000-0000-000000000003', 2, 'orders.events', '00000000-0000-0000-0000-000000000002', 'io.tillstream.order.placed.v1', '{}', now()),
       ('10000000-0000-0000-0000-000000000004', 2, 'orders.events', '00000000-0000-0000-0000-000000000002', 'io.tillstream.order.canceled.v1', '{}', now()),
       ('10000000-0000-0000-0000-000000000005', 3, 'orders.events', '00000000-0000-0000-0000-000000000003', 'io.tillstream.order.placed.v1', '{}', now()),
       ('10000000-0000-0000-0000-000000000006', 3, 'orders.events', '00000000-0000-0000-0000-000000000003', 'io.tillstream.order.paid.v1', '{}', now()),
       ('10000000-0000-0000-0000-000000000007', 3, 'orders.events', '00000000-0000-0000-0000-000000000003', 'io.tillstream.order.partially_refunded.v1', '{}', now());
