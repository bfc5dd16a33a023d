// The Payment Element for a secret that is there already: of a subscription's first bill, of an open one, or of a card that
// is kept for the time after a trial.

import { busy, h } from '../html.js';
import { go } from '../router.js';
import { stripe } from '../stripe.js';
import { stripePlace } from '../stripe-place.js';
import { problemNotice } from '../words.js';
import { Declined } from './outcome.js';

/** secret: {clientSecret, clientSecretFor: 'payment' or 'setup'}; `target` is the page to go to when it is done. */
export async function confirmForm(place, { clientSecret, clientSecretFor = 'payment' }, target, label) {
  const stripeJs = await stripe();
  const elements = stripeJs.elements({ clientSecret });
  const messages = h('div', {});
  const button = h('button', { type: 'button', class: 'button wide', id: 'pay', onclick: press }, label);
  place.replaceChildren(h('div', { class: 'pay-part' }, stripePlace(elements.create('payment')), messages, button));
  let running = false;

  async function press() {
    if (running) return;
    running = true;
    busy(button, true, 'One moment');
    messages.replaceChildren();
    const confirm = clientSecretFor === 'setup' ? 'confirmSetup' : 'confirmPayment';
    try {
      const { error } = await stripeJs[confirm]({
        elements, confirmParams: { return_url: location.origin + target }, redirect: 'if_required',
      });
      if (error) throw new Declined(error);
      go(target);
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
      running = false;
      busy(button, false);
    }
  }
}
