// Stripe's own page (hosted Checkout): the buyer leaves, and comes back to /paid or /canceled.

import { post } from '../api.js';
import { h } from '../html.js';

export function hosted() {
  return {
    id: 'checkout',
    label: 'On Stripe’s page',
    hint: 'Hosted Checkout: you pay there and come back here',
    open: async (place) => {
      place.append(h('p', { class: 'quiet' }, 'You leave this shop for Stripe’s page, and come back when you have paid.'));
      return { pay: openPage };
    },
  };
}

async function openPage(order) {
  const session = await post('/api/checkout/sessions', {
    mode: 'payment',
    orderId: order.id,
    successUrl: `${location.origin}/paid?session_id={CHECKOUT_SESSION_ID}`,
    cancelUrl: `${location.origin}/canceled?order=${order.id}`,
  }, { key: crypto.randomUUID() });
  return session.url;
}
