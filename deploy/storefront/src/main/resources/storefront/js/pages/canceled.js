import { get } from '../api.js';
import { h } from '../html.js';
import { payAgain } from '../order-state.js';
import { go, signInFirst } from '../router.js';
import { user } from '../session.js';

/** Of any other its own page says what is so. */
const UNPAID = ['awaiting_payment', 'payment_failed'];

/** Where Stripe's page sends whoever turns back. The order is asked all the same: it may be paid by another way. */
export async function page({ query, signal }) {
  const title = 'Not paid';
  if (!query.get('order')) return { title, content: h('div', { class: 'narrow' }, h('h1', {}, 'You turned back'), h('a', { class: 'button', href: '/' }, 'To the shop')) };
  if (!user()) return { title, content: signInFirst('Your order') };
  const order = await get(`/api/orders/${encodeURIComponent(query.get('order'))}`, { signal });
  if (!UNPAID.includes(order.status)) {
    queueMicrotask(() => go(`/orders/${order.id}`, { replace: true }));
    return { title, content: h('h1', {}, 'Your order') };
  }
  return {
    title,
    content: h('div', { class: 'narrow' },
      h('h1', {}, 'You turned back'),
      h('p', { class: 'lead' }, 'Nothing was charged. The order is kept, and can be paid in any way you like.'),
      h('p', { class: 'row' }, payAgain(order, 'Pay this order'),
        h('a', { class: 'button plain', href: `/orders/${order.id}` }, 'Look at it'))),
  };
}
