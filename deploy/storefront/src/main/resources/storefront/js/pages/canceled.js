import { get } from '../api.js';
import { h, notice } from '../html.js';
import { payAgain } from '../order-state.js';
import { isOpen } from '../purchase.js';
import { signInFirst } from '../router.js';
import { user } from '../session.js';

/** Where Stripe's page sends whoever turns back. The order is asked all the same: it may be paid by another way. */
export async function page({ query, signal }) {
  const title = 'Not paid';
  if (!query.get('order')) return { title, content: h('div', { class: 'narrow' }, h('h1', {}, 'You turned back'), h('a', { class: 'button', href: '/' }, 'To the shop')) };
  if (!user()) return { title, content: signInFirst('Your order') };
  const order = await get(`/api/orders/${encodeURIComponent(query.get('order'))}`, { signal });
  if (!isOpen(order)) {
    return { title: 'Your order', content: h('div', { class: 'narrow' }, h('h1', {}, 'Your order'),
      notice(order.status === 'canceled' ? '' : 'good', order.status === 'canceled' ? 'This order is canceled.' : 'This order is paid.'),
      h('a', { class: 'button', href: `/orders/${order.id}` }, 'To the order')) };
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
