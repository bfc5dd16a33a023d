// The cart's books with their names and prices of today.

import { list } from './api.js';
import { cart } from './cart.js';
import { times } from './money.js';

/** Lines {product, quantity, amount} by currency: one order is in one. What is not for sale any more is named in `gone`. */
export async function cartLines(signal) {
  const { id, items } = cart();
  const products = items.length ? await list('/api/products', 200, { signal }) : [];
  const byId = new Map(products.map((product) => [product.id, product]));
  const groups = new Map();
  for (const { productId, quantity } of items) {
    const product = byId.get(productId);
    if (!product) continue;
    const { currency } = product.price;
    if (!groups.has(currency)) groups.set(currency, []);
    groups.get(currency).push({ product, quantity, amount: times(product.price, quantity) });
  }
  return { id, groups, gone: items.filter((item) => !byId.has(item.productId)).map((item) => item.productId) };
}
