import { announce } from '../announce.js';
import { get, list, post } from '../api.js';
import { paid } from '../cart.js';
import { cover } from '../covers.js';
import { orderHistory } from '../history.js';
import { fragment, h, notice, workButton } from '../html.js';
import { date, moment, money, times } from '../money.js';
import { payAgain, stateNotice } from '../order-state.js';
import { isOpen } from '../purchase.js';
import { signInFirst } from '../router.js';
import { user } from '../session.js';
import { settlement, whenConnected } from '../settlement.js';
import { orderTag, problemNotice } from '../words.js';

/** An order, live: it is also where every way to pay ends. */
export async function page({ params, query, signal }) {
  if (!user()) return { title: 'Your order', content: signInFirst('Your order') };
  const path = `/api/orders/${encodeURIComponent(params.id)}`;
  const order = await get(path, { signal });
  return { title: 'Your order', content: orderView(order, path, query.has('again') && (query.get('again') || 'same'), signal) };
}

/** again: false; 'same': it was asked for once more; 'kept': with something else in it, an address that was corrected say. */
export function orderView(order, path, again, signal) {
  const status = h('div', { id: 'state', 'aria-live': 'polite' });
  const details = h('div', {});
  follow({ order, path, again, signal, status, details });
  return fragment(h('h1', {}, `Order of ${date(order.createdAt)}`), again === 'kept' && asSentFirst(order), status, details);
}

/** Whoever corrected the address would wait for the books at the wrong door. */
function asSentFirst({ shippingAddress }) {
  return notice('warn', 'Your changes came too late',
    h('p', {}, shippingAddress ? 'It was ordered as you sent it first, to:' : 'It was ordered as you sent it first.'),
    shippingAddress && address(shippingAddress));
}

/** What is known now, and each change of it, without a reload. */
async function follow({ order, path, again, signal, status, details }) {
  let isNew = false;
  try {
    for await (const now of settlement(path, signal)) {
      if (now.offline) {
        status.replaceChildren(notice('warn', 'The connection is lost', h('p', {}, 'We keep trying. Your payment goes on without this page.')));
        continue;
      }
      if (now.state === 'paid') paid(order.id);
      status.replaceChildren(await stateNotice(order, now, again));
      if (isNew) announce(status.textContent);
      // The order may have moved between its own answer and this news: then it is read again.
      const isAsRead = !isNew && now.version === order.version;
      await whenConnected(signal, async () => details.replaceChildren(await view(isAsRead ? order : await get(path, { signal }), path, signal)));
      isNew = true;
    }
  } catch (failure) {
    if (!signal.aborted) status.replaceChildren(problemNotice(failure));
  }
}

async function view(order, path, signal) {
  const [timeline, own] = await Promise.all([
    get(`${path}/timeline`, { signal }), list(`/api/payments?orderId=${order.id}`, 50, { signal }),
  ]);
  return h('div', { class: 'two' },
    h('div', {},
      h('section', { class: 'card' }, h('h2', {}, 'Books'), h('ul', { class: 'lines' }, order.lines.map(line)), sums(order)),
      own.length ? h('section', { class: 'card' }, h('h2', {}, 'Payments'), h('ul', { class: 'lines' }, own.map(payment))) : null,
      actions(order, path)),
    h('aside', { class: 'aside' },
      h('section', { class: 'card' }, h('h2', {}, 'Status'), h('p', {}, orderTag(order.status)),
        h('p', { class: 'small quiet' }, 'Order ', h('code', {}, order.id))),
      order.shippingAddress && h('section', { class: 'card' }, h('h2', {}, 'Goes to'), address(order.shippingAddress)),
      h('section', { class: 'card' }, h('h2', {}, 'What happened'), orderHistory(timeline.data))));
}

function line({ productId, name, quantity, unitPrice }) {
  return h('li', {}, cover({ productId, name }, 'cover thumb'),
    h('div', { class: 'grow' }, h('h3', {}, name), h('p', { class: 'quiet small' }, `${quantity} × ${money(unitPrice)}`)),
    h('span', { class: 'number' }, money(times(unitPrice, quantity))));
}

function sums({ total, paid: came, refunded }) {
  const row = (words, amount, className = '') => [h('dt', { class: className }, words), h('dd', { class: `${className} number` }, money(amount))];
  return h('dl', { class: 'sums' }, row('Total', total, 'total'), came && row('Paid', came), refunded && row('Refunded', refunded));
}

const METHODS = { payment_element: 'Payment Element', saved_card: 'Saved card', card: 'Card', token: 'Card token', checkout: 'Stripe’s page' };
const OUTCOMES = { succeeded: 'paid', processing: 'under way', action_required: 'waits for you', failed: 'not made' };

function payment(one) {
  const amount = { amount: one.amount, currency: one.currency };
  return h('li', {},
    h('div', { class: 'grow' },
      h('h3', {}, `${METHODS[one.method] || one.method}: ${OUTCOMES[one.status] || one.status}`),
      h('p', { class: 'quiet small' }, moment(one.createdAt)),
      one.refunds.map((refund) => h('p', { class: 'small' }, `Refund of ${money(refund)}, ${refund.status.replaceAll('_', ' ')}, ${date(refund.createdAt)}`)),
      one.receiptUrl && h('a', { href: one.receiptUrl, target: '_blank', rel: 'noopener' }, 'Receipt (new tab)')),
    h('span', { class: 'number' }, money(amount)));
}

function address({ name, line1, line2, city, state, postalCode, country }) {
  const place = new Intl.DisplayNames([navigator.language, 'en'], { type: 'region' }).of(country);
  return h('address', {}, [name, line1, line2, [postalCode, city].filter(Boolean).join(' '), state, place]
    .filter(Boolean).map((text) => h('div', {}, text)));
}

function actions(order, path) {
  if (!isOpen(order)) return null;
  const messages = h('div', {});
  const cancel = workButton('Cancel this order', async () => {
    try {
      await post(`${path}/cancel`, {}, { key: `cancel-${order.id}` });
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
  }, { class: 'button danger', id: 'cancel-order' });
  return h('section', { class: 'card' }, h('h2', {}, 'Not paid yet'), messages,
    h('div', { class: 'row' }, payAgain(order, 'Pay this order'), cancel));
}
