// The ways to pay, as radio buttons. A way is {id, label, hint, open(place) → {pay(order)}}; only the chosen one is open.

import { h, spinner } from '../html.js';
import { problemNotice } from '../words.js';
import { cardElement } from './card-element.js';
import { hosted } from './hosted.js';
import { paymentElement } from './payment-element.js';
import { savedCards } from './saved-card.js';

/** @param {{total: object, signal: AbortSignal}} purchase what is paid for */
export async function chooser(purchase) {
  const ways = [
    ...await savedCards(purchase),
    paymentElement(purchase),
    cardElement(purchase, 'card'),
    cardElement(purchase, 'token'),
    hosted(purchase),
  ];
  const entries = ways.map((way) => entry(way, open));
  let opened = null;

  async function open(chosen) {
    for (const one of entries) one.place.replaceChildren();
    // Stripe's frames are made in their place in the page, and stay there: a frame that is moved loads anew.
    const waiting = spinner('One moment');
    const inside = h('div', { class: 'stack' });
    chosen.place.append(waiting, inside);
    opened = chosen.way.open(inside);
    opened.then(
      () => { waiting.remove(); if (!inside.hasChildNodes()) inside.remove(); },
      (failure) => chosen.place.contains(inside) && chosen.place.replaceChildren(problemNotice(failure)));
    await opened.catch(() => {});
  }

  entries[0].input.checked = true;
  return {
    element: h('ul', { class: 'ways' }, entries.map((one) => one.item)),
    start: () => open(entries[0]),
    /** Pays with the chosen way; gives back the address to go to. */
    pay: async (order) => (await opened).pay(order),
    /** What can be checked before an order is placed. */
    check: async () => (await opened).check?.(),
  };
}

function entry(way, open) {
  const input = h('input', { type: 'radio', name: 'way', value: way.id });
  const place = h('div', { class: 'inside' });
  const item = h('li', {},
    h('label', {}, input, h('span', {}, way.label, way.hint && h('small', {}, way.hint))),
    place);
  const one = { way, input, place, item };
  input.addEventListener('change', () => input.checked && open(one));
  return one;
}
