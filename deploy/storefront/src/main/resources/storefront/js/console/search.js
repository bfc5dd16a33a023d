import { get } from '../api.js';
import { fragment, h } from '../html.js';
import { go } from '../router.js';
import { customers, orders, payments, subscriptions } from './parts.js';

/** /console/search?q=…: by id, Stripe's id, e-mail, user or the last four digits of a card. */
export async function page({ query, signal }) {
  const words = (query.get('q') || '').trim();
  const found = words ? await find(words, signal) : [];
  return {
    title: 'Search',
    content: fragment(
      h('h1', {}, 'Search'),
      searchForm(words),
      !words && h('p', { class: 'lead' }, 'By user, e-mail, the id of an order, payment or subscription, Stripe’s id (pi_, cs_, sub_, cus_), or the last four digits of a card.'),
      words && !found.length && h('p', { class: 'lead', id: 'nothing' }, `There is nothing that “${words}” is the id, e-mail or card of.`),
      h('div', { class: 'tables', id: 'found' }, found)),
  };
}

export function searchForm(words = '') {
  const input = h('input', { id: 'q', name: 'q', type: 'search', value: words, maxlength: 512, autocomplete: 'off', required: true });
  return h('form', { class: 'search', role: 'search', onsubmit: send },
    h('div', { class: 'field' }, h('label', { for: 'q' }, 'Find'), input),
    h('button', { type: 'submit', class: 'button' }, 'Search'));

  function send(event) {
    event.preventDefault();
    go(`/console/search?${new URLSearchParams({ q: input.value.trim() })}`);
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SHOWS = { orders, payments, subscriptions, customers };

/** What is asked for which words: [list, parameters]; of a UUID it cannot be told what it names. */
function questions(words) {
  if (words.startsWith('pi_')) return [['orders', { paymentIntent: words }], ['payments', { paymentIntent: words }]];
  if (words.startsWith('cs_')) return [['payments', { checkoutSession: words }]];
  if (words.startsWith('sub_')) return [['subscriptions', { stripeSubscriptionId: words }]];
  if (words.startsWith('cus_')) return [['customers', { stripeCustomerId: words }]];
  if (words.includes('@')) return [['customers', { email: words }]];
  if (/^\d{4}$/.test(words)) return [['customers', { lastFour: words }]];
  return ['customers', 'orders', 'payments', 'subscriptions'].map((list) => [list, { userId: words }]);
}

async function find(words, signal) {
  const asked = questions(words).map(([list, parameters]) => some(list, parameters, signal));
  if (UUID.test(words)) {
    asked.push(one('orders', words, signal), one('subscriptions', words, signal),
      one('payments', words, signal).then(([list, rows]) => [list, rows.map((row) => row.payment)]),
      some('payments', { orderId: words }, signal));
  }
  const answers = await Promise.all(asked);
  return answers.filter(([, rows]) => rows.length).map(([list, rows]) => SHOWS[list](rows));
}

async function some(list, parameters, signal) {
  try {
    const { data } = await get(`/api/admin/${list}?${new URLSearchParams(parameters)}`, { signal });
    return [list, data];
  } catch (failure) {
    if (failure.status !== 404) throw failure; // a shop without subscriptions has no such list
    return [list, []];
  }
}

async function one(list, id, signal) {
  try {
    return [list, [await get(`/api/admin/${list}/${id}`, { signal })]];
  } catch (failure) {
    if (failure.status !== 404) throw failure;
    return [list, []];
  }
}
