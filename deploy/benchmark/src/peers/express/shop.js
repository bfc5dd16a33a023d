// What a shop writes that takes orders by itself: an order's row, a PaymentIntent confirmed at once, and Stripe's events
// applied once each. Measured beside Tillstream by ./benchmark; nothing else uses it.
const express = require('express');
const { Pool } = require('pg');
const Stripe = require('stripe');
const { randomUUID } = require('node:crypto');

const { DATABASE, STRIPE_PORT, STRIPE_SECRET_KEY, WEBHOOK_SECRET, PORT } = process.env;
const pool = new Pool({ connectionString: DATABASE, max: 20 });
const stripe = new Stripe(STRIPE_SECRET_KEY, { host: '127.0.0.1', port: STRIPE_PORT, protocol: 'http', apiVersion: '2026-07-29.dahlia' });
const prices = { 'tidal-maps': 3950 };
const app = express();

app.post('/orders', express.json(), async (request, response) => {
  const { productId, quantity, paymentMethodId } = request.body;
  const order = { id: randomUUID(), amount: prices[productId] * quantity };
  await pool.query("insert into orders (id, amount, currency, status) values ($1, $2, 'usd', 'open')", [order.id, order.amount]);
  const intent = await stripe.paymentIntents.create({
    amount: order.amount, currency: 'usd', payment_method: paymentMethodId, confirm: true, metadata: { order_id: order.id },
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  }, { idempotencyKey: order.id });
  await pool.query('update orders set payment_intent = $2 where id = $1', [order.id, intent.id]);
  response.status(201).json({ ...order, status: intent.status });
});

app.post('/webhooks', express.raw({ type: '*/*', limit: '1mb' }), async (request, response) => {
  const event = stripe.webhooks.constructEvent(request.body, request.headers['stripe-signature'], WEBHOOK_SECRET);
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rowCount } = await client.query('insert into events (id, type) values ($1, $2) on conflict do nothing', [event.id, event.type]);
    if (rowCount && event.type === 'payment_intent.succeeded') {
      await client.query("update orders set status = 'paid' where id = $1 and amount = $2", [event.data.object.metadata.order_id, event.data.object.amount_received]);
    }
    await client.query('commit');
    response.sendStatus(200);
  } catch (failure) {
    await client.query('rollback');
    throw failure;
  } finally {
    client.release();
  }
});

pool.query("create table orders (id uuid primary key, amount bigint not null, currency text not null, status text not null, payment_intent text); create table events (id text primary key, type text not null, at timestamptz not null default now())")
  .then(() => app.listen(Number(PORT), '127.0.0.1', () => console.log('ready')));
