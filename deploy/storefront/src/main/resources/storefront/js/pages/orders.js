import { get } from '../api.js';
import { fragment, h, workButton } from '../html.js';
import { date, money } from '../money.js';
import { signInFirst } from '../router.js';
import { user } from '../session.js';
import { orderTag } from '../words.js';

export async function page({ signal }) {
  if (!user()) return { title: 'Your orders', content: signInFirst('Your orders') };
  const items = h('ul', { class: 'lines' });
  const more = workButton('Show older ones', () => next(), { class: 'button plain' });
  let cursor = null;

  async function next() {
    const shown = await get(`/api/orders?limit=20${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal });
    items.append(...shown.data.map(row));
    cursor = shown.nextCursor;
    more.hidden = !cursor;
    return shown.data.length;
  }

  const many = await next();
  return {
    title: 'Your orders',
    content: fragment(h('h1', {}, 'Your orders'),
      many ? h('div', { class: 'card' }, items, more)
        : [h('p', { class: 'lead' }, 'You have not ordered anything yet.'), h('a', { class: 'button', href: '/' }, 'Look at the books')]),
  };
}

function row(order) {
  const names = order.lines.map((line) => (line.quantity > 1 ? `${line.quantity} × ${line.name}` : line.name)).join(', ');
  return h('li', {},
    h('div', { class: 'grow' },
      h('h2', {}, h('a', { href: `/orders/${order.id}` }, names)),
      h('p', { class: 'quiet small' }, date(order.createdAt))),
    orderTag(order.status),
    h('span', { class: 'number' }, money(order.total)));
}
