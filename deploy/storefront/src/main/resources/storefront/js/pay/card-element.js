// A new card by the Card Element, for shops that have their own form around it: as a PaymentMethod, or as a token of older
// pages. Either is made in Stripe's frame; the shop gets its id.

import { pay } from '../purchase.js';
import { user } from '../session.js';
import { stripe } from '../stripe.js';
import { stripePlace } from '../stripe-place.js';
import { Declined, follow } from './outcome.js';
import { saveBox } from './save-box.js';

const WORDS = {
  card: ['New card, in one line', 'Card Element and createPaymentMethod'],
  token: ['New card, as older pages do it', 'Card Element and createToken'],
};

export function cardElement(purchase, method) {
  const [label, hint] = WORDS[method];
  return {
    id: method,
    label,
    hint,
    open: async (place) => {
      const stripeJs = await stripe();
      const save = saveBox(`save-${method}`);
      const card = stripeJs.elements().create('card');
      const ready = new Promise((resolve) => card.on('ready', resolve));
      place.append(stripePlace(card), save.element);
      await ready;
      let made = null; // of what is typed now; a token works once
      card.on('change', () => { made = null; });
      const details = async () => {
        made ??= await (method === 'card' ? asPaymentMethod(stripeJs, card) : asToken(stripeJs, card));
        return made;
      };
      return {
        check: details,
        pay: async (order) => {
          const typed = await details();
          made = null;
          return follow(order, await pay(order.id, { ...typed, save: save.isChecked() }));
        },
      };
    },
  };
}

async function asPaymentMethod(stripeJs, card) {
  const who = user();
  const { error, paymentMethod } = await stripeJs.createPaymentMethod({
    type: 'card',
    card,
    billing_details: { name: who?.name, email: who?.email || undefined },
  });
  if (error) throw new Declined(error);
  return { method: 'card', paymentMethodId: paymentMethod.id };
}

async function asToken(stripeJs, card) {
  const { error, token } = await stripeJs.createToken(card);
  if (error) throw new Declined(error);
  return { method: 'token', token: token.id };
}
