// What several pages of the console are made of.

import { h } from '../html.js';
import { moment, money } from '../money.js';

/** columns: [heading, class?]; rows: of cells; level: of the heading where there are none. */
export function table(caption, columns, rows, { none = 'None.', level = 'h2' } = {}) {
  if (!rows.length) return h('section', { class: 'empty' }, h(level, {}, caption), h('p', { class: 'quiet' }, none));
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, columns.map(([words, look]) => h('th', { scope: 'col', class: look }, words)))),
      h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell, i) => h('td', { class: columns[i][1] }, cell)))))));
}

/** [[what, value]]; what has no value is left out. */
export const facts = (pairs) => h('dl', { class: 'facts' },
  pairs.filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([what, value]) => [h('dt', {}, what), h('dd', {}, value)]));

export const code = (text) => text && h('code', {}, text);
export const userLink = (id) => id && h('a', { href: `/console/search?${new URLSearchParams({ q: id })}` }, id);

const short = (id) => h('code', {}, `${id.slice(0, 8)}…`);
export const orderLink = (id) => h('a', { href: `/console/orders/${encodeURIComponent(id)}` }, short(id));
export const paymentLink = (id) => h('a', { href: `/console/payments/${encodeURIComponent(id)}` }, short(id));
export const subscriptionLink = (id) => h('a', { href: `/console/subscriptions/${encodeURIComponent(id)}` }, short(id));

/** As the API names it, in words. */
export const status = (word) => h('span', { class: `tag ${LOOKS[word] || ''}` }, word.replaceAll('_', ' '));

const LOOKS = {
  paid: 'good', succeeded: 'good', active: 'good', trialing: 'good', settled: 'good',
  failed: 'bad', payment_failed: 'bad', past_due: 'bad', unpaid: 'bad', disputed: 'bad', dispute_lost: 'bad', mismatch: 'bad', mismatched: 'bad',
  action_required: 'warn', awaiting_payment: 'warn', incomplete: 'warn', paused: 'warn', unknown: 'warn', pending: 'warn',
  canceled: 'off', incomplete_expired: 'off', refunded: 'off',
};

/** Entries {at, kind, what, ref, outcome, why} of an order or a subscription, as they were written. */
export function timeline(entries) {
  return h('section', { class: 'card' }, h('h2', {}, 'Timeline'),
    h('ol', { class: 'timeline' }, entries.map((entry) => h('li', {},
      h('time', { datetime: entry.at }, moment(entry.at)),
      h('div', {}, entry.kind === 'move'
        ? `${entry.why ? `${plain(entry.why)} → ` : ''}${plain(entry.outcome)}`
        : `${entry.what}: ${plain(entry.outcome)}`),
      entry.kind !== 'move' && entry.why && h('div', { class: 'small quiet' }, entry.why),
      entry.ref && h('div', { class: 'small' }, code(entry.ref))))));
}

const plain = (word) => word.toLowerCase().replaceAll('_', ' ');

export const orders = (rows) => table('Orders',
  [['Order'], ['User'], ['Status'], ['Total', 'number'], ['Placed']],
  rows.map((one) => [orderLink(one.id), userLink(one.userId), status(one.status), money(one.total), moment(one.createdAt)]));

export const payments = (rows) => table('Payments',
  [['Payment'], ['Order'], ['User'], ['Status'], ['Amount', 'number'], ['Made']],
  rows.map((one) => [paymentLink(one.id), orderLink(one.orderId), userLink(one.userId),
    [status(one.status), one.failure && h('div', { class: 'small' }, one.failure.declineCode || one.failure.code)],
    money(one), moment(one.createdAt)]));

export const subscriptions = (rows) => table('Subscriptions',
  [['Subscription'], ['User'], ['Plan'], ['Status'], ['Began']],
  rows.map((one) => [subscriptionLink(one.id), userLink(one.userId), `${one.quantity} × ${one.planId}`, status(one.status), moment(one.createdAt)]));

export const customers = (rows) => table('Customers',
  [['User'], ['Name'], ['E-mail'], ['Customer at Stripe'], ['Cards']],
  rows.map((one) => [userLink(one.id), one.name || '–', one.email || '–', one.stripeCustomerId ? code(one.stripeCustomerId) : '–',
    one.cards.length ? one.cards.map((card) => h('div', { class: 'number' }, `${card.displayName}, ${card.expMonth}/${card.expYear}`)) : '–']));
