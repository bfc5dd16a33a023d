// Takes Stripe's events and answers when Kafka has them, as a shop would write it with Express and kafkajs. Measured beside
// Tillstream by ./benchmark; nothing else uses it.
const express = require('express');
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');
const Stripe = require('stripe');

const { KAFKA, TOPIC, WEBHOOK_SECRET, PORT } = process.env;
const stripe = new Stripe('sk_test_unused');
const producer = new Kafka({ brokers: [KAFKA], logLevel: logLevel.ERROR }).producer({ idempotent: true });
const app = express();

app.post('/webhooks', express.raw({ type: '*/*', limit: '1mb' }), async (request, response) => {
  const event = stripe.webhooks.constructEvent(request.body, request.headers['stripe-signature'], WEBHOOK_SECRET);
  await producer.send({
    topic: TOPIC, acks: -1, compression: CompressionTypes.None,
    messages: [{ key: event.data.object.id, value: request.body, headers: { type: event.type } }],
  });
  response.json({ received: true });
});

producer.connect().then(() => app.listen(Number(PORT), '127.0.0.1', () => console.log('ready')));
