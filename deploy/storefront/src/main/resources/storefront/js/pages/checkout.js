import { addressForm, addressOf } from '../address-form.js';
import { get } from '../api.js';
import { paid } from '../cart.js';
import { cartLines } from '../goods.js';
import { busy, fragment, h, notice, showErrors } from '../html.js';
import { isSame, money, sum } from '../money.js';
import { orderPage } from '../pay/outcome.js';
import { chooser } from '../pay/ways.js';
import { isOpen, placeOrder } from '../purchase.js';
import { go } from '../router.js';
import { signIn, user } from '../session.js';
import { problemNotice } from '../words.js';

/** /checkout pays the cart, /checkout?order=ID an order that is not paid yet. */
export async function page({ query, signal }) {
  const purchase = query.get('order')
    ? await ofOrder(query.get('order'), signal)
    : await ofCart(query.get('currency'), signal);
  if (purchase) purchase.isChanged = query.get('price') === 'changed';
  if (!purchase) return { title: 'Checkout', content: nothing() };
  return { title: 'Checkout', content: await checkout({ ...purchase, signal }) };
}

function nothing() {
  return h('div', { class: 'narrow' },
    h('h1', {}, 'Nothing to pay'),
    h('p', { class: 'lead' }, 'Your cart is empty. What you have paid for is among your orders.'),
    h('p', { class: 'row' }, h('a', { class: 'button', href: '/orders' }, 'Your orders'), h('a', { class: 'button plain', href: '/' }, 'To the books')));
}

async function ofCart(wanted, signal) {
  const { id, groups } = await cartLines(signal);
  let cartId = id;
  const currency = groups.has(wanted) ? wanted : [...groups.keys()][0];
  if (!currency) return null;
  const lines = groups.get(currency);
  const items = lines.map(({ product, quantity }) => ({ productId: product.id, quantity }));
  return {
    lines: lines.map(({ product, quantity, amount }) => ({ name: product.name, quantity, amount })),
    total: sum(lines.map((line) => line.amount)),
    needsAddress: true,
    order: async (address) => {
      const order = await placeOrder(cartId, items, address);
      cartId = order.cartId;
      return order;
    },
    done: paid,
  };
}

async function ofOrder(orderId, signal) {
  const order = await get(`/api/orders/${encodeURIComponent(orderId)}`, { signal });
  if (!isOpen(order)) {
    queueMicrotask(() => go(orderPage(order), { replace: true }));
    return null;
  }
  return {
    lines: order.lines.map((line) => ({ name: line.name, quantity: line.quantity, amount: { ...line.unitPrice, amount: line.unitPrice.amount * line.quantity } })),
    total: order.total,
    needsAddress: false,
    order: async () => get(`/api/orders/${order.id}`),
    done: () => {},
  };
}

async function checkout(purchase) {
  const address = purchase.needsAddress ? addressForm(undefined, user()) : null;
  const ways = user() ? await chooser(purchase) : null;
  ways?.start();
  return fragment(
    h('h1', {}, 'Checkout'),
    h('div', { class: 'two' },
      h('div', {},
        purchase.isChanged && notice('warn', 'The price changed', h('p', {}, 'Nothing was charged. Your order costs what is shown here now.')),
        address && h('section', { class: 'card' }, h('h2', {}, 'Where to'), address),
        h('section', { class: 'card' }, h('h2', { id: 'how-to-pay' }, 'How to pay'), ways ? payPart(purchase, address, ways) : guestPart())),
      summary(purchase)));
}

/** What is typed of an address so far is kept, and asked for once it is needed. */
function guestPart() {
  return fragment(
    h('p', {}, 'To find your order again and to give money back if it must be, we have to know who you are. Your cart is kept.'),
    h('button', { type: 'button', class: 'button', id: 'sign-in-to-pay', onclick: () => signIn() }, 'Sign in to pay'));
}

function payPart(purchase, address, ways) {
  const messages = h('div', { id: 'messages' });
  const button = h('button', { type: 'button', class: 'button wide', id: 'pay', onclick: press }, `Pay ${money(purchase.total)}`);
  let running = false;

  async function press() {
    if (running || (address && !address.reportValidity())) return;
    running = true;
    busy(button, true, 'Paying');
    messages.replaceChildren();
    try {
      await payOnce(purchase, address, ways);
      return;
    } catch (failure) {
      messages.replaceChildren(told(failure, address));
    }
    running = false;
    busy(button, false);
  }

  return fragment(ways.element, h('div', { class: 'pay-part' }, messages, button,
    h('p', { class: 'small quiet' }, 'Card numbers go to Stripe alone; this shop never sees them.')));
}

/**
 * Pays, and goes on from there. An order that is paid already, in another tab say, is shown and not paid again; one that
 * costs something else than the page said is shown first.
 */
async function payOnce(purchase, address, ways) {
  await ways.check();
  const order = await purchase.order(address && addressOf(address));
  const leave = (target) => {
    purchase.done(order.id);
    if (target.startsWith('/')) go(target);
    else location.assign(target);
  };
  if (order.isKept) return leave(`${orderPage(order)}?again=kept`);
  if (!isOpen(order)) return leave(`${orderPage(order)}?again`);
  if (!isSame(order.total, purchase.total)) return go(`/checkout?order=${order.id}&price=changed`, { replace: true });
  try {
    return leave(await ways.pay(order));
  } catch (failure) {
    if (!['order-already-paid', 'payment-in-progress'].includes(failure.code)) throw failure;
    return leave(`${orderPage(order)}?again`);
  }
}

function told(failure, address) {
  const unknown = address && failure.errors?.length ? showErrors(address, failure.errors) : [];
  if (failure.errors?.length && !unknown.length) return notice('bad', null, h('p', {}, 'Please check what is marked above.'));
  return problemNotice(failure, failure.status === 401
    && h('button', { type: 'button', class: 'button', onclick: () => signIn() }, 'Sign in again'));
}

function summary({ lines, total }) {
  return h('aside', { class: 'card aside', 'aria-label': 'Summary' },
    h('h2', {}, 'Your order'),
    h('dl', { class: 'sums' },
      lines.map((line) => [h('dt', {}, `${line.quantity} × ${line.name}`), h('dd', { class: 'number' }, money(line.amount))]),
      h('dt', { class: 'total' }, 'Total'), h('dd', { class: 'total number', id: 'total' }, money(total))));
}
