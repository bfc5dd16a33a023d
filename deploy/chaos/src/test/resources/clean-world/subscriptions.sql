-- Ann's subscription is paid, and a part of its invoice went back; Bob's page to subscribe is open, and nobody paid there yet.
insert into plan_prices (stripe_price_id, plan_id, version, currency, amounts) values ('price_1', 'starter-monthly', 1, 'usd', '{"usd": 900}');

insert into customers (stripe_customer_id, user_id) values ('cus_1', 'ann'), ('cus_2', 'bob');

insert into subscriptions (id, user_id, stripe_customer_id, plan_id, stripe_price_id, quantity, currency, status, version,
                           stripe_subscription_id, checkout_session_id, request, current_period_start, current_period_end, earned,
                           created_at, updated_at)
values ('30000000-0000-0000-0000-000000000001', 'ann', 'cus_1', 'starter-monthly', 'price_1', 1, 'usd', 'active', 2, 'sub_1', null, '{}',
        to_timestamp(1790000000), to_timestamp(1792592000), true, now(), now()),
       ('30000000-0000-0000-0000-000000000002', 'bob', 'cus_2', 'starter-monthly', null, 1, 'usd', 'starting', 0, null, 'cs_2', '{}',
        null, null, false, now(), now());

insert into subscription_history (subscription_id, version, from_status, to_status, cause_kind, cause_id, at)
values ('30000000-0000-0000-0000-000000000001', 0, null, 'starting', 'request', '30000000-0000-0000-0000-000000000001', now()),
       ('30000000-0000-0000-0000-000000000001', 1, 'starting', 'incomplete', 'stripe_answer', '30000000-0000-0000-0000-000000000001', now()),
       ('30000000-0000-0000-0000-000000000001', 2, 'incomplete', 'active', 'stripe_event', 'evt_s1', now()),
       ('30000000-0000-0000-0000-000000000002', 0, null, 'starting', 'request', '30000000-0000-0000-0000-000000000002', now());

insert into invoices (stripe_invoice_id, subscription_id, user_id, status, ever_paid, currency, subtotal, total, amount_due, amount_paid,
                      amount_remaining, issued_at, as_of, fingerprint, updated_at)
values ('in_1', '30000000-0000-0000-0000-000000000001', 'ann', 'paid', true, 'usd', 900, 900, 900, 900, 0, now(), 1790000000, 'x', now());

insert into invoice_payments (payment_intent, stripe_invoice_id) values ('pi_9', 'in_1');
insert into invoice_money_back (object_id, stripe_invoice_id, kind, status, amount, counts, since, fact)
values ('re_9', 'in_1', 'refund', 'succeeded', 100, true, now(), '{}');

insert into entitlement_sources (user_id, source, feature, grade, since, told_at, updated_at)
values ('ann', '30000000-0000-0000-0000-000000000001', 'reading-room', 'full', now(), now(), now()),
       ('ann', '30000000-0000-0000-0000-000000000001', 'exports', 'none', now(), now(), now()),
       ('bob', 'stripe:cus_2', 'reading-room', 'full', now(), now(), now());
insert into entitlements (user_id, feature, grade, subscription_id, since, updated_at)
values ('ann', 'reading-room', 'full', '30000000-0000-0000-0000-000000000001', now(), now()),
       ('bob', 'reading-room', 'full', null, now(), now());

insert into inbox (event_id, type)
values ('evt_s1', 'customer.subscription.updated'), ('evt_i1', 'invoice.paid'),
       ('evt_r2', 'refund.created'), ('evt_r3', 'refund.created'), ('evt_r9', 'refund.created'), ('evt_parked', 'charge.dispute.created');

insert into outbox (id, shard, topic, aggregate_id, type, payload, sent_at)
values ('10000000-0000-0000-0000-000000000021', 1, 'subscriptions.events', 'ann', 'io.tillstream.subscription.created.v1',
        '{"subscriptionId": "30000000-0000-0000-0000-000000000001"}', now()),
       ('10000000-0000-0000-0000-000000000022', 1, 'subscriptions.events', 'ann', 'io.tillstream.subscription.activated.v1',
        '{"subscriptionId": "30000000-0000-0000-0000-000000000001"}', now());
