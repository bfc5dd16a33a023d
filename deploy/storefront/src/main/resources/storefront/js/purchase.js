// From a cart to a paid order, once, however often it is asked for: a cart's order has a key made of the cart, a try to pay
// has one that is kept until its outcome is known.

import { get, post } from './api.js';
import { becomes, orderOf, renew } from './cart.js';
import { dropKey, keptWish, tryOnce } from './keys.js';

const payments = (orderId) => `tillstream.payment.${orderId}`;

async function digest(text) {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes).slice(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The same cart gives the same order, from any tab and after a reload. With another address, say, it is another order: the
 * one before is canceled first, as a try to pay it may have arrived without an answer. Where that is too late, the one
 * before is given, with isKept. cartId of what is given: which cart it is now.
 */
export async function placeOrder(cartId, items, shippingAddress) {
  const body = { items, shippingAddress };
  const key = `cart-${cartId}-${await digest(JSON.stringify(body))}`;
  const before = orderOf(cartId);
  const kept = before && before.key !== key && await notCanceled(before.orderId);
  if (kept) return { ...kept, cartId, isKept: true };
  const placed = await post('/api/orders', body, { key });
  becomes(placed.id, cartId, items, key);
  const order = await get(`/api/orders/${placed.id}`); // a repeated answer says how it was then
  return order.status === 'canceled' ? placeOrder(renew(cartId, order.id), items, shippingAddress) : { ...order, cartId };
}

/** Cancels it; gives it back only where it is paid, or about to be. */
async function notCanceled(orderId) {
  try {
    await post(`/api/orders/${orderId}/cancel`, {}, { key: crypto.randomUUID() });
    return null;
  } catch (failure) {
    if (failure.status === 404) return null; // somebody else's, who used this browser before
    if (!['order-already-paid', 'payment-in-progress'].includes(failure.code)) throw failure;
    return get(`/api/orders/${orderId}`);
  }
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
