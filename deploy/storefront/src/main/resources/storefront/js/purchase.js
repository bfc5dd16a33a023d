// From a cart to a paid order, once, however often it is asked for: a cart's order has a key made of the cart, a try to pay
// has one that is kept until its outcome is known.

import { get, post } from './api.js';
import { becomes } from './cart.js';
import { dropKey, keptWish, tryOnce } from './keys.js';

const payments = (orderId) => `tillstream.payment.${orderId}`;

async function digest(text) {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes).slice(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The same cart gives the same order, from any tab and after a reload. */
export async function placeOrder(cartId, items, shippingAddress) {
  const body = { items, shippingAddress };
  const key = `cart-${cartId}-${await digest(JSON.stringify(body))}`;
  const placed = await post('/api/orders', body, { key });
  becomes(placed.id, cartId, items);
  return get(`/api/orders/${placed.id}`); // a repeated answer says how it was then
}

/** A try to pay. Asked for again before its outcome is known, it is the same try. */
export const pay = (orderId, payment) =>
  tryOnce(payments(orderId), payment, (key) => post(`/api/orders/${orderId}/payments`, payment, { key }));

export const forgetPayment = (orderId) => dropKey(payments(orderId));

/** Whether it was this tab that tried to pay the order last. */
export const triedHere = (orderId) => keptWish(payments(orderId)) !== null;

/** The answer to this tab's last try again, with the secret that the bank's step needs; null if there was none. */
export async function lastPayment(orderId) {
  const kept = keptWish(payments(orderId));
  return kept && post(`/api/orders/${orderId}/payments`, kept.wish, { key: kept.key });
}

export const isOpen = (order) =>
  ['awaiting_payment', 'payment_processing', 'action_required', 'payment_failed'].includes(order.status);
