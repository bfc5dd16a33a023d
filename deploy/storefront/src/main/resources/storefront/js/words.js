// What the API's states and refusals are called for people, each in one place.

import { h, notice, workButton } from './html.js';
import { declineWords } from './declines.js';

/** state → [kind of tag, words]. */
const ORDER = {
  awaiting_payment: ['warn', 'Not paid yet'],
  payment_processing: ['', 'Payment under way'],
  action_required: ['warn', 'Waits for you'],
  payment_failed: ['bad', 'Payment failed'],
  paid: ['good', 'Paid'],
  partially_refunded: ['', 'Partly refunded'],
  refunded: ['', 'Refunded'],
  disputed: ['warn', 'Disputed'],
  dispute_lost: ['off', 'Money given back by the bank'],
  canceled: ['off', 'Canceled'],
  mismatch: ['warn', 'With our staff'],
};

const SUBSCRIPTION = {
  starting: ['', 'Starting'],
  incomplete: ['warn', 'First payment is missing'],
  incomplete_expired: ['off', 'Never paid'],
  trialing: ['good', 'Trial'],
  active: ['good', 'Active'],
  past_due: ['bad', 'Payment is due'],
  unpaid: ['bad', 'Not paid'],
  paused: ['warn', 'Paused'],
  canceled: ['off', 'Ended'],
  failed: ['off', 'Not begun'],
};

const INVOICE = {
  open: ['warn', 'Open'],
  paid: ['good', 'Paid'],
  uncollectible: ['off', 'Written off'],
  void: ['off', 'Void'],
};

function tag(table, state) {
  const [kind, words] = table[state] || ['off', state.replaceAll('_', ' ')];
  return h('span', { class: `tag ${kind}` }, words);
}

export const orderTag = (state) => tag(ORDER, state);
export const subscriptionTag = (state) => tag(SUBSCRIPTION, state);
export const invoiceTag = (state) => tag(INVOICE, state);

/** Refusals that a person can do something about; any other is told in the API's own words. */
const REFUSALS = {
  unauthorized: 'Your session has ended. Please sign in again; your cart is kept.',
  'payment-in-progress': 'A payment of this order is under way. Its outcome is shown on the order’s page.',
  'order-already-paid': 'This order is paid already. Nothing was charged again.',
  'order-canceled': 'This order was canceled.',
  'order-being-canceled': 'This order is being canceled.',
  'order-expired': 'This order was not paid in time. Please place it again.',
  'customer-being-deleted': 'Your account is being deleted. Please try again in a moment.',
  'order-not-payable': 'Our staff is looking at this order; it cannot be paid right now.',
  'too-many-payment-tries': 'This was tried to pay too often. Please come back later, or use another way another day.',
  'too-many-requests': 'That was a lot at once. Please wait a moment.',
  'payment-method-unusable': 'This card cannot be used any more. Please choose another.',
  'token-already-used': 'The card’s details were used already. Please type them again.',
  'payment-not-taken': 'Nothing was charged. Please pay again.',
  'payment-request-refused': 'Something is wrong on our side, and nothing was charged. Our staff has been told.',
  'amount-not-payable': 'This amount cannot be paid in this currency.',
  'subscription-already-live': 'You have this plan already.',
  'price-changed': 'The price of this plan has changed. Nothing was charged.',
  'quote-expired': 'This offer is over. Ask for a new one.',
  'no-answer': 'The shop cannot be reached. Is the network there?',
  unavailable: 'This does not work right now. Nothing is lost: please try again in a moment.',
};

export function problemWords(failure) {
  const why = failure.problem?.failure;
  if (why && !REFUSALS[failure.code]) return declineWords(why);
  // What the browser itself throws, a TypeError say, is a fault of this page and no words for people.
  const isOurs = ['ApiError', 'Error'].includes(failure.name);
  return REFUSALS[failure.code] || (isOurs ? failure.message : 'This page did not work as it should. Please try again.');
}

/** An error for people: what happened, what to do, and the id to name when they ask somebody. */
export function problemNotice(failure, ...more) {
  return notice('bad', null,
    h('p', {}, problemWords(failure)),
    failure.errors?.length ? h('ul', {}, failure.errors.map((one) => h('li', {}, `${one.field} ${one.message}`))) : null,
    failure.requestId && h('p', { class: 'small quiet' }, 'Request ', h('code', {}, failure.requestId)),
    more);
}

/** Stripe has not answered yet (202): nothing is said to be done. `again` draws what is known then. */
export function underWayNotice(title, again) {
  return notice('', title,
    h('p', {}, 'Stripe has not answered yet. Nothing is lost: look again in a moment.'),
    workButton('Look again', again, { class: 'button plain' }));
}
