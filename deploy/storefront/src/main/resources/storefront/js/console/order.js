import { get } from '../api.js';
import { fragment, h } from '../html.js';
import { moment, money, times } from '../money.js';
import { code, facts, payments, status, timeline, userLink } from './parts.js';
import { refundForm } from './refund.js';

export async function page({ params, signal }) {
  const place = h('div', {});
  await draw(place, params.id, signal);
  return { title: 'Order', content: place };
}

async function draw(place, id, signal) {
  const at = encodeURIComponent(id);
  const [order, history, tries] = await Promise.all([
    get(`/api/admin/orders/${at}`, { signal }), get(`/api/orders/${at}/timeline`, { signal }),
    get(`/api/admin/payments?orderId=${at}&limit=100`, { signal })]);
  const left = order.paid ? { ...order.paid, amount: order.paid.amount - (order.refunded?.amount || 0) } : null;
  place.replaceChildren(fragment(
    h('h1', {}, `Order of ${order.userId}`),
    h('div', { class: 'two' },
      h('div', {},
        h('section', { class: 'card' }, facts([
          ['Status', h('span', { id: 'status' }, status(order.status))], ['Id', code(order.id)], ['User', userLink(order.userId)],
          ['Intent', code(order.stripePaymentIntentId)], ['Placed', moment(order.createdAt)],
          ['Total', money(order.total)], ['Paid', order.paid && money(order.paid)],
          ['Refunded', order.refunded && h('span', { id: 'refunded' }, money(order.refunded))],
          ['Books', order.lines.map((line) => h('div', {}, `${line.quantity} × ${line.name}, ${money(times(line.unitPrice, line.quantity))}`))],
        ])),
        h('section', { class: 'card' }, payments(tries.data))),
      h('div', { class: 'stack' },
        left && left.amount > 0 && refundForm(`/api/orders/${at}/refunds`, `refund-${id}`, left, () => draw(place, id, signal)),
        timeline(history.data)))));
}
