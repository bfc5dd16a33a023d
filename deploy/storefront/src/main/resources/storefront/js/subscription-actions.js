// What can be done with a subscription: another plan at a quoted price, its end, and back.

import { list, post, put } from './api.js';
import { askFirst } from './ask.js';
import { h, notice, workButton } from './html.js';
import { once } from './keys.js';
import { date, money } from './money.js';
import { confirmForm } from './pay/confirm-form.js';
import { expiry } from './pay/saved-card.js';
import { endsAt, priceWords } from './plan-words.js';
import { problemNotice } from './words.js';

const path = (one) => `/api/subscriptions/${one.id}`;

/** Shows what goes wrong beside the button. */
function action(label, work, attributes) {
  const messages = h('div', {});
  const button = workButton(label, async () => {
    messages.replaceChildren();
    try {
      await work();
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
  }, attributes);
  return h('div', { class: 'stack' }, messages, h('div', {}, button));
}

/** Asks for the price first, shows its lines, and changes at exactly that price. */
export function changePlan(one, plans, changed) {
  const own = plans.find((plan) => plan.id === one.planId);
  const others = plans.filter((plan) => plan.active && plan.id !== one.planId && plan.prices.some((price) => price.currency === one.currency));
  const plan = h('select', { id: 'new-plan' },
    own?.perSeat ? h('option', { value: own.id }, `${own.name}, ${priceWords(own, one.currency)} (as it is)`) : null,
    others.map((other) => h('option', { value: other.id }, `${other.name}, ${priceWords(other, one.currency)}`)));
  const seats = h('input', { id: 'new-quantity', type: 'number', min: 1, value: one.quantity });
  const seatsField = h('div', { class: 'field' }, h('label', { for: 'new-quantity' }, 'Seats'), seats);
  const offer = h('div', {});
  const shows = () => { seatsField.hidden = !plans.find((each) => each.id === plan.value)?.perSeat; offer.replaceChildren(); };
  plan.addEventListener('change', shows);
  seats.addEventListener('input', () => offer.replaceChildren());
  shows();
  const wish = () => ({ planId: plan.value, ...(!seatsField.hidden && { quantity: Number(seats.value) }) });
  return h('section', { class: 'card' },
    h('h2', {}, 'Change'),
    h('div', { class: 'field' }, h('label', { for: 'new-plan' }, 'Plan'), plan), seatsField,
    action('What would it cost?', async () => {
      const asked = wish();
      const quote = await post(`${path(one)}/quote`, asked, { key: crypto.randomUUID() });
      // Another plan may be chosen by now: this would be the price of the one before.
      if (JSON.stringify(asked) === JSON.stringify(wish())) offer.replaceChildren(offered(one, quote, asked, changed));
    }, { class: 'button plain', id: 'ask-quote' }), offer);
}

function offered(one, quote, wish, changed) {
  const row = (words, amount, className) => [h('dt', { class: className }, words), h('dd', { class: `number ${className}` }, money(amount))];
  const place = h('div', {});
  return h('div', { class: 'stack', id: 'offer' },
    h('dl', { class: 'sums' },
      quote.lines.map((line) => row(line.description, line.amount, '')),
      row('To pay now', quote.amountDueNow, 'total'),
      quote.creditGiven.amount ? row('Credit for later bills', quote.creditGiven, '') : null),
    h('p', { class: 'small quiet' }, `This offer is good until ${new Date(quote.expiresAt).toLocaleTimeString()}.`),
    place,
    action('Change now', async () => {
      const now = await post(`${path(one)}/change`, { quote: quote.quote }, { key: crypto.randomUUID() }).catch((failure) => {
        // The change waits for its payment now, and its offer is used: that is shown beside the decline.
        if (failure.problem?.subscription?.pendingChange) return failure;
        throw failure;
      });
      if (now instanceof Error) await changed(problemNotice(now));
      else if (now.pendingChange?.clientSecret) {
        await confirmForm(place, now.pendingChange, `/subscriptions/${one.id}`, `Pay ${money(quote.amountDueNow)}`);
      } else await changed('The plan is changed.', now);
    }, { class: 'button', id: 'change-now' }),
    action('Change at the end of the period', async () => {
      const now = await post(`${path(one)}/change`, { ...wish, when: 'period_end' }, { key: crypto.randomUUID() });
      await changed('The change is planned.', now);
    }, { class: 'button plain' }));
}

export function plannedChange(one, plans, changed) {
  const planned = one.scheduledChange || one.pendingChange;
  if (!planned) return null;
  const name = plans.find((plan) => plan.id === planned.planId)?.name || planned.planId || 'The same plan';
  const seats = planned.quantity > 1 ? `, ${planned.quantity} seats` : '';
  return notice(one.pendingChange ? 'warn' : '', one.pendingChange ? 'A change waits for its payment' : 'A change is planned',
    h('p', {}, `${name}${seats}${planned.at ? `, from ${date(planned.at)}` : ''}`),
    action('Take it back', async () => {
      const now = await post(`${path(one)}/change/revoke`, {}, { key: crypto.randomUUID() });
      await changed('The change is taken back.', now);
    }, { class: 'button plain', id: 'revoke-change' }));
}

const REASONS = [
  ['', 'I would rather not say'], ['too_expensive', 'It is too expensive'], ['unused', 'I do not use it'],
  ['missing_features', 'Something is missing'], ['switched_service', 'I use something else now'], ['other', 'Another reason'],
];

export function ending(one, changed) {
  if (endsAt(one)) {
    return h('section', { class: 'card' }, h('h2', {}, 'It ends'),
      h('p', {}, `It ends on ${date(endsAt(one))}. Until then all stays as it is.`),
      action('Keep it after all', async () => {
        const now = await post(`${path(one)}/resume`, {}, { key: crypto.randomUUID() });
        await changed('It goes on.', now);
      }, { class: 'button', id: 'resume' }));
  }
  const reason = h('select', { id: 'reason' }, REASONS.map(([value, words]) => h('option', { value }, words)));
  const cancel = (when, words) => async () => {
    const wish = { when, ...(reason.value && { reason: reason.value }) };
    const now = await once(`tillstream.cancel.${one.id}`, wish, (key) => post(`${path(one)}/cancel`, wish, { key }));
    await changed(words, now);
  };
  return h('section', { class: 'card' }, h('h2', {}, 'End it'),
    h('div', { class: 'field' }, h('label', { for: 'reason' }, 'Why (optional)'), reason),
    h('div', { class: 'row' },
      one.status === 'incomplete' ? null : askFirst('End with this period', 'It ends with what is paid already. You can still change your mind until then.',
        'End it then', cancel('period_end', 'It ends with this period.'), { id: 'cancel-later' }),
      askFirst('End now', 'It ends at once, and nothing is given back.', 'End it now', cancel('now', 'It is ended.'), { id: 'cancel-now' })));
}

export async function payingCard(one, changed) {
  const cards = await list('/api/payment-methods', 100);
  if (!cards.length) return null;
  const own = cards.find((card) => card.id === one.paymentMethodId);
  const choice = h('select', { id: 'paying-card' }, cards.map((card) =>
    h('option', { value: card.id, selected: card.id === (own || cards.find((each) => each.isDefault))?.id }, `${card.displayName}, expires ${expiry(card)}`)));
  return h('section', { class: 'card' }, h('h2', {}, 'Paid with'),
    h('div', { class: 'field' }, h('label', { for: 'paying-card' }, own ? 'Card' : 'Card (your default one)'), choice),
    action('Pay with this card', async () => {
      const now = await put(`${path(one)}/payment-method`, { paymentMethodId: choice.value });
      await changed('This card pays from now on.', now);
    }, { class: 'button plain' }));
}
