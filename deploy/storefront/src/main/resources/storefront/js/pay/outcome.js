// What a try to pay leads to: the order's page, the bank's step before it, or a decline.

import { forgetPayment } from '../purchase.js';
import { stripe } from '../stripe.js';

/** The bank or Stripe said no; nothing was paid, and the order stays open. */
export class Declined extends Error {
  constructor(failure) {
    super(failure.message);
    this.name = 'Declined';
    this.failure = failure;
    this.problem = { failure };
  }
}

export const orderPage = (order) => `/orders/${order.id}`;

/** answer: of POST /api/orders/{id}/payments. */
export async function follow(order, answer) {
  if (answer.status === 'failed') throw new Declined(answer.failure);
  if (answer.status === 'action_required' && answer.clientSecret) await confirmWithBank(order, answer.clientSecret);
  return orderPage(order);
}

/** The bank's step, as 3-D Secure, in Stripe's window over the page. */
export async function confirmWithBank(order, clientSecret) {
  const { error } = await (await stripe()).handleNextAction({ clientSecret });
  if (!error) return;
  forgetPayment(order.id); // the next try is another one
  throw new Declined(error);
}

/** Whether Stripe.js refused because the payment is made, or made no longer. */
export const isOver = (error) => error.code === 'payment_intent_unexpected_state';
