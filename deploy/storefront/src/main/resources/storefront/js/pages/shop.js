import { announce } from '../announce.js';
import { list } from '../api.js';
import { add } from '../cart.js';
import { cover } from '../covers.js';
import { fragment, h, notice } from '../html.js';
import { money } from '../money.js';

export async function page({ signal }) {
  const products = await list('/api/products', 200, { signal });
  return {
    title: 'Books',
    content: fragment(
      h('h1', {}, 'Books for quiet evenings'),
      h('p', { class: 'lead' }, 'A small shop by the harbor. Put something into the cart, and pay in the way you like.'),
      products.length
        ? h('ul', { class: 'books' }, products.map(book))
        : notice('', 'Nothing is for sale right now.')),
  };
}

function book(product) {
  const button = h('button', { type: 'button', class: 'button', 'data-product': product.id, onclick: take }, 'Add to cart');
  function take() {
    add(product.id);
    button.textContent = 'Added';
    announce(`${product.name} is in the cart`);
    setTimeout(() => { button.textContent = 'Add to cart'; }, 1500);
  }
  button.setAttribute('aria-label', `Add ${product.name} to cart`);
  return h('li', { class: 'book' },
    cover(product),
    h('h2', {}, product.name),
    h('p', {}, product.description),
    h('div', { class: 'row between' }, h('span', { class: 'price number' }, money(product.price)), button));
}
