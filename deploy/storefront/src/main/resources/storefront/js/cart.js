// The cart: in localStorage, so that it is still there after the sign-in, a reload, and in another tab. Its id is new for
// each purchase; the keys of idempotency are made of it, so that one cart is one order however often it is sent.

const NAME = 'tillstream.cart';
const ORDER = 'tillstream.cart.order';

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME));
    if (kept && Array.isArray(kept.items)) return kept;
  } catch {
    // What cannot be read is no cart.
  }
  return { id: crypto.randomUUID(), items: [] };
}

function write(cart) {
  localStorage.setItem(NAME, JSON.stringify(cart));
  window.dispatchEvent(new Event('cart'));
}

export const cart = read;

export const count = () => read().items.reduce((all, item) => all + item.quantity, 0);

/** quantity 0 takes it out; an order takes at most 99 of one. */
export function setQuantity(productId, quantity) {
  const kept = read();
  const others = kept.items.filter((item) => item.productId !== productId);
  const item = { productId, quantity: Math.min(99, quantity) };
  const at = kept.items.findIndex((one) => one.productId === productId);
  if (quantity > 0) others.splice(at < 0 ? others.length : at, 0, item);
  write({ ...kept, items: others });
}

export function add(productId) {
  const there = read().items.find((item) => item.productId === productId);
  setQuantity(productId, (there ? there.quantity : 0) + 1);
}

/** After an order took these over: what is left is another cart. */
function empty(cartId, ordered) {
  const kept = read();
  if (kept.id !== cartId) return;
  const gone = new Set(ordered.map((item) => item.productId));
  write({ id: crypto.randomUUID(), items: kept.items.filter((item) => !gone.has(item.productId)) });
}

/** A cart that was left in the middle, by a reload say, is emptied by the page that sees its order paid. */
export function becomes(orderId, cartId, ordered, key) {
  localStorage.setItem(ORDER, JSON.stringify({ orderId, cartId, ordered, key }));
}

/** The order that this cart became last, {orderId, key}, or null. */
export function orderOf(cartId) {
  const kept = JSON.parse(localStorage.getItem(ORDER) || 'null');
  return kept?.cartId === cartId ? kept : null;
}

/**
 * Its order was canceled: the same books are another cart, and can be ordered again. Its id is that order's, so that whoever
 * asks, this page once more or another tab, gets the same.
 */
export function renew(cartId, canceledOrderId) {
  const kept = read();
  if (kept.id === cartId) write({ ...kept, id: canceledOrderId });
  return canceledOrderId;
}

export function paid(orderId) {
  const kept = JSON.parse(localStorage.getItem(ORDER) || 'null');
  if (kept?.orderId === orderId) empty(kept.cartId, kept.ordered);
}
