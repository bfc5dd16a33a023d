import { announce } from '../announce.js';
import { setQuantity } from '../cart.js';
import { cover } from '../covers.js';
import { cartLines } from '../goods.js';
import { h } from '../html.js';
import { money, sum } from '../money.js';

export async function page({ signal }) {
  const place = h('div', {});
  await draw(place, signal);
  return { title: 'Cart', content: place };
}

async function draw(place, signal, focusOn) {
  const { groups, gone } = await cartLines(signal);
  gone.forEach((productId) => setQuantity(productId, 0));
  place.replaceChildren(
    h('h1', {}, 'Your cart'),
    groups.size ? '' : h('div', {},
      h('p', { class: 'lead' }, 'There is nothing in it yet.'), h('a', { class: 'button', href: '/' }, 'Look at the books')),
    groups.size > 1
      ? h('p', { class: 'lead' }, 'An order is in one currency, so these books make several orders.') : '',
    ...[...groups].map(([currency, lines]) => group(currency, lines, groups.size > 1, redraw)));
  if (focusOn) place.querySelector(focusOn)?.focus();

  async function redraw(productId, quantity, name) {
    setQuantity(productId, quantity);
    announce(quantity ? `${quantity} of ${name}` : `${name} is taken out`);
    await draw(place, signal, quantity ? `[data-more="${productId}"]` : 'h1');
  }
}

function group(currency, lines, isOneOfSeveral, change) {
  const total = sum(lines.map((line) => line.amount));
  return h('section', { class: 'card', 'aria-label': isOneOfSeveral ? `Books in ${currency.toUpperCase()}` : 'Books' },
    h('ul', { class: 'lines' }, lines.map((line) => row(line, change))),
    h('div', { class: 'row between' },
      h('p', { class: 'lead' }, 'Total ', h('strong', { class: 'number', 'data-total': currency }, money(total))),
      h('a', { class: 'button', href: isOneOfSeveral ? `/checkout?currency=${currency}` : '/checkout' }, 'Check out')));
}

function row({ product, quantity, amount }, change) {
  const step = (by) => () => change(product.id, quantity + by, product.name);
  return h('li', {},
    cover(product, 'cover thumb'),
    h('div', { class: 'grow' },
      h('h2', {}, product.name),
      h('p', { class: 'quiet small number' }, `${money(product.price)} each`),
      h('div', { class: 'row' },
        h('div', { class: 'stepper' },
          h('button', { type: 'button', 'aria-label': `One less of ${product.name}`, onclick: step(-1) }, '−'),
          h('output', {}, String(quantity)),
          h('button', { type: 'button', 'aria-label': `One more of ${product.name}`, 'data-more': product.id, onclick: step(1), disabled: quantity >= 99 }, '+')),
        h('button', { type: 'button', class: 'button link', 'aria-label': `Take out ${product.name}`, onclick: () => change(product.id, 0, product.name) }, 'Take out'))),
    h('span', { class: 'number' }, money(amount)));
}
