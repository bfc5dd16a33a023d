import { get } from '../api.js';
import { h, notice, workButton } from '../html.js';
import { go, show, signInFirst } from '../router.js';
import { user } from '../session.js';
import { orderView } from './order.js';

/** Where Stripe's page sends the buyer back to. That they are here proves nothing: the order is asked. */
export async function page({ query, signal }) {
  const title = 'Back from Stripe’s page';
  if (!user()) return { title, content: signInFirst(title) };
  const session = await get(`/api/checkout/sessions/${encodeURIComponent(query.get('session_id') || '-')}`, { signal });
  if (session.subscriptionId) {
    queueMicrotask(() => go(`/subscriptions/${session.subscriptionId}`, { replace: true }));
    return { title, content: h('h1', {}, title) };
  }
  if (session.mode === 'setup') {
    queueMicrotask(() => go('/cards', { replace: true }));
    return { title, content: h('h1', {}, title) };
  }
  if (session.status === 'open') {
    return { title, content: h('div', { class: 'narrow' }, h('h1', {}, title), notice('warn', 'This payment is not finished.'),
      h('p', { class: 'row' }, workButton('Look again', () => show()),
        h('a', { class: 'button plain', href: `/orders/${session.orderId}` }, 'To the order'))) };
  }
  const path = `/api/orders/${encodeURIComponent(session.orderId)}`;
  return { title: 'Your order', content: orderView(await get(path, { signal }), path, false, signal) };
}
