// What is known of an order's payment, in words, with what can be done about it.

import { list } from './api.js';
import { declineWords } from './declines.js';
import { h, notice, spinner, workButton } from './html.js';
import { money } from './money.js';
import { confirmWithBank } from './pay/outcome.js';
import { lastPayment, triedHere } from './purchase.js';
import { problemNotice } from './words.js';

/** now: of settlement(), {state, status, paid?} or {offline}. */
export async function stateNotice(order, now, again) {
  switch (now.state) {
    case 'settling': return settling(now);
    case 'paid': return paid(now, again);
    case 'action_required': return actionRequired(order);
    case 'failed': return failed(order, now);
    case 'canceled': return notice('', 'This order is canceled.', h('p', {}, 'Nothing is owed for it.'));
    default: return notice('', now.state);
  }
}

function settling({ status }) {
  if (status === 'awaiting_payment') {
    return notice('', 'We have seen no payment yet',
      spinner('If you have just paid, this page shows it as soon as Stripe tells us.'));
  }
  return notice('', 'Your payment is being settled',
    spinner('This takes a few seconds, with some banks longer. You may close this page; nothing is lost.'));
}

const AFTER = {
  refunded: 'It was refunded in full since.',
  partially_refunded: 'A part of it was refunded since.',
  disputed: 'Your bank is looking into it since.',
  dispute_lost: 'Your bank gave the money back since.',
};

/** Nothing is on its way any more when all the money went back. */
function paid({ status, paid: amount }, again) {
  const thanks = status === 'refunded' || status === 'dispute_lost' ? null : 'Thank you! Your books are on their way.';
  const words = again ? 'This order was paid already. Nothing was charged again.' : thanks;
  return notice('good', amount ? `Paid: ${money(amount)}` : 'Paid',
    words && h('p', {}, words),
    AFTER[status] && h('p', {}, AFTER[status]));
}

/** The button repeats this tab's last try, which brings its secret; elsewhere the order is paid anew. */
function actionRequired(order) {
  if (!triedHere(order.id)) {
    return notice('warn', 'Your bank wants to hear from you',
      h('p', {}, 'The payment is not made until you confirm it with your bank, where you began it. Here you can pay again.'),
      h('div', { class: 'row' }, payAgain(order, 'Pay again')));
  }
  const messages = h('div', {});
  const confirm = workButton('Confirm the payment', async () => {
    messages.replaceChildren();
    try {
      const answer = await lastPayment(order.id);
      if (answer?.clientSecret) await confirmWithBank(order, answer.clientSecret);
      else location.assign(`/checkout?order=${order.id}`);
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
  });
  return notice('warn', 'Your bank wants to hear from you',
    h('p', {}, 'The payment is not made until you confirm it with your bank.'),
    messages, h('div', { class: 'row' }, confirm, payAgain(order, 'Pay in another way', 'plain')));
}

async function failed(order, { status }) {
  if (status === 'mismatch') {
    return notice('warn', 'Our staff is looking at this order', h('p', {}, 'Something about its payment does not fit. You need not do anything.'));
  }
  const payments = await list(`/api/payments?orderId=${order.id}`, 50).catch(() => null);
  if (!payments) {
    return notice('warn', 'We cannot see at this moment what became of the payment',
      h('p', {}, 'Please look again in a moment, before you pay again.'), payAgain(order, 'Pay again', 'plain'));
  }
  // The newest first: what failed may be an earlier try, and what became of the newest not be told yet.
  const newest = payments[0]?.status;
  if (newest === 'action_required') return settling({ status: 'awaiting_payment' });
  if (newest === 'succeeded' || newest === 'processing') return settling({ status });
  const last = payments.find((payment) => payment.failure);
  return notice('bad', 'The payment was not made',
    h('p', {}, last ? declineWords(last.failure) : 'Nothing was charged. You can try again.'),
    payAgain(order, 'Pay again'));
}

export const payAgain = (order, words, look = '') =>
  h('a', { class: `button ${look}`, href: `/checkout?order=${order.id}` }, words);
