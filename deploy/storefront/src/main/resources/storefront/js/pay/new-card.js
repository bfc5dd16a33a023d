// A card saved without a purchase: a SetupIntent, confirmed by the Payment Element, its bank's step included.

import { post } from '../api.js';
import { busy, h, spinner } from '../html.js';
import { stripe } from '../stripe.js';
import { stripePlace } from '../stripe-place.js';
import { problemNotice } from '../words.js';
import { Declined } from './outcome.js';

/** Fills `place` with the form; `saved` is called with the card. `label` says what its button does, where saving is not all. */
export async function newCardForm(place, saved, label = 'Save this card') {
  place.replaceChildren(spinner('One moment'));
  const [stripeJs, setup] = await Promise.all([stripe(), post('/api/payment-methods/setup-intents', {}, { key: crypto.randomUUID() })]);
  const elements = stripeJs.elements({ clientSecret: setup.clientSecret });
  const messages = h('div', {});
  const asDefault = h('input', { type: 'checkbox', id: 'as-default' });
  const button = h('button', { type: 'button', class: 'button', id: 'save-card', onclick: press }, label);
  place.replaceChildren(stripePlace(elements.create('payment')), h('label', { class: 'check', for: 'as-default' }, asDefault, 'Use it by default'), messages, button);
  let running = false;

  async function press() {
    if (running) return;
    running = true;
    busy(button, true, 'Saving');
    messages.replaceChildren();
    try {
      saved(await save());
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
      running = false;
      busy(button, false);
    }
  }

  async function save() {
    const { error, setupIntent } = await stripeJs.confirmSetup({
      elements,
      confirmParams: { return_url: `${location.origin}/cards` },
      redirect: 'if_required',
    });
    if (error) throw new Declined(error);
    // The event tells the shop too; asked for here, the card is in the list at once.
    return post('/api/payment-methods', { paymentMethodId: setupIntent.payment_method, setAsDefault: asDefault.checked },
      { key: `save-${setupIntent.id}` });
  }
}
