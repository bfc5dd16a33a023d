// What happened to an order or a subscription, in words for who bought it. The calls and events behind each step are in the
// same timeline of the API; the operators' console shows them.

import { h } from './html.js';
import { moment } from './money.js';

/** New state → words. */
const ORDER = {
  awaiting_payment: 'Ordered',
  payment_processing: 'The payment is under way',
  action_required: 'Your bank asks you to confirm the payment',
  payment_failed: 'The payment was not made',
  paid: 'Paid',
  partially_refunded: 'A part of the money was given back',
  refunded: 'All of the money was given back',
  disputed: 'Your bank looks into the payment',
  dispute_lost: 'Your bank gave the money back',
  canceled: 'Canceled',
  mismatch: 'Our staff looks at the payment',
};

const SUBSCRIPTION = {
  starting: 'You subscribed',
  failed: 'It could not begin',
  incomplete: 'The first payment is waited for',
  incomplete_expired: 'The first payment never came',
  trialing: 'The trial began',
  active: 'It runs, and is paid',
  past_due: 'A payment did not go through',
  unpaid: 'It was not paid',
  paused: 'It was paused',
  canceled: 'It ended',
};

const list = (entries, words) => h('ol', { class: 'timeline' }, entries
  .filter((entry) => entry.kind === 'move')
  .map((entry) => {
    const state = entry.outcome.toLowerCase();
    return h('li', {}, h('time', { datetime: entry.at }, moment(entry.at)), h('span', {}, words[state] || state.replaceAll('_', ' ')));
  }));

export const orderHistory = (entries) => list(entries, ORDER);
export const subscriptionHistory = (entries) => list(entries, SUBSCRIPTION);
