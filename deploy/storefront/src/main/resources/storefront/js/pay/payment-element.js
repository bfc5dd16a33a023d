// A new card, or any other method that Stripe offers, by the Payment Element. The order's payment is made when the buyer
// presses "Pay", not before: the Element is mounted with the amount alone.

import { forgetPayment, pay } from '../purchase.js';
import { stripe } from '../stripe.js';
import { stripePlace } from '../stripe-place.js';
import { Declined, isOver, orderPage } from './outcome.js';
import { saveBox } from './save-box.js';

export function paymentElement({ total }) {
  return {
    id: 'payment_element',
    label: 'New card and more',
    hint: 'All methods that Stripe offers here, in Stripe’s form (Payment Element)',
    open: async (place) => {
      const stripeJs = await stripe();
      const elements = stripeJs.elements({ mode: 'payment', amount: total.amount, currency: total.currency });
      const save = saveBox('save-element', (on) => elements.update({ setupFutureUsage: on ? 'off_session' : null }));
      const element = elements.create('payment');
      const ready = new Promise((resolve, reject) => {
        element.on('ready', resolve);
        element.on('loaderror', ({ error }) => reject(new Declined(error)));
      });
      place.append(stripePlace(element), save.element);
      await ready;
      return {
        check: async () => throwIf((await elements.submit()).error),
        pay: (order) => confirm(stripeJs, elements, order, save.isChecked()),
      };
    },
  };
}

async function confirm(stripeJs, elements, order, save) {
  const { clientSecret } = await pay(order.id, { method: 'payment_element', save });
  const { error } = await stripeJs.confirmPayment({
    elements,
    clientSecret,
    confirmParams: { return_url: location.origin + orderPage(order) },
    redirect: 'if_required',
  });
  if (error && isOver(error)) {
    forgetPayment(order.id);
    if (error.payment_intent?.status === 'canceled') return confirm(stripeJs, elements, order, save);
    return orderPage(order);
  }
  throwIf(error);
  return orderPage(order);
}

function throwIf(error) {
  if (error) throw new Declined(error);
}
