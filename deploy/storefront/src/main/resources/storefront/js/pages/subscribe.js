import { get, list, post } from '../api.js';
import { busy, fragment, h, notice, showErrors, spinner, workButton } from '../html.js';
import { dropKey, START, tryOnce } from '../keys.js';
import { isSame, money, times } from '../money.js';
import { confirmForm } from '../pay/confirm-form.js';
import { newCardForm } from '../pay/new-card.js';
import { Declined } from '../pay/outcome.js';
import { expiry } from '../pay/saved-card.js';
import { featureWords, priceIn, priceWords, rhythm } from '../plan-words.js';
import { go } from '../router.js';
import { signIn, user } from '../session.js';
import { stripe } from '../stripe.js';
import { problemNotice } from '../words.js';

export async function page({ params, query, signal }) {
  const path = `/api/plans/${encodeURIComponent(params.id)}`;
  const plan = await get(path, { signal });
  const cards = user() ? await list('/api/payment-methods', 100, { signal }) : [];
  cards.sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  const content = h('div', {});
  /** What it costs is asked again before anything is paid: what changed meanwhile is shown first. */
  const draw = (shown, isChanged) => content.replaceChildren(view(shown, priceIn(shown, query.get('currency')).currency, cards, {
    isChanged,
    isAsShown: async (price) => {
      const now = await get(path);
      const isSameOffer = isSame(priceIn(now, price.currency), price) && now.trialDays === shown.trialDays;
      if (!isSameOffer) draw(now, true);
      return isSameOffer;
    },
  }));
  draw(plan, false);
  return { title: `Subscribe to ${plan.name}`, content };
}

function view(plan, currency, cards, offer) {
  return fragment(
    h('h1', {}, `Subscribe to ${plan.name}`),
    offer.isChanged && notice('warn', 'This offer changed', h('p', {}, 'Nothing was charged. It is shown here as it is now.')),
    h('div', { class: 'two' },
      h('section', { class: 'card' }, user() ? form(plan, currency, cards, offer) : guest()),
      h('aside', { class: 'card aside', 'aria-label': 'The plan' },
        h('h2', {}, plan.name), h('p', { class: 'quiet' }, plan.description),
        h('p', {}, priceWords(plan, currency)),
        plan.trialDays ? h('p', {}, h('span', { class: 'tag good' }, `${plan.trialDays} days free, once`)) : null,
        h('ul', { class: 'ticks' }, plan.features.map((feature) => h('li', {}, featureWords(feature)))))));
}

const guest = () => fragment(
  h('p', {}, 'A subscription belongs to somebody: please sign in first.'),
  h('button', { type: 'button', class: 'button', id: 'sign-in-to-pay', onclick: () => signIn() }, 'Sign in to subscribe'));

function form(plan, currency, cards, offer) {
  const price = priceIn(plan, currency);
  const place = h('div', {});
  const messages = h('div', {});
  const sum = h('strong', { class: 'number', id: 'total' });
  const seats = h('input', { id: 'field-quantity', name: 'quantity', type: 'number', min: 1, max: plan.maxQuantity, value: 1, required: true, oninput: count });
  const code = h('input', { id: 'field-promotionCode', name: 'promotionCode', autocomplete: 'off', maxlength: 100, oninput: count });
  const button = h('button', { type: 'submit', class: 'button wide', id: 'continue' }, 'Continue');
  const choice = h('form', { onsubmit: press, onchange: count },
    plan.perSeat ? h('div', { class: 'field' }, h('label', { for: 'field-quantity' }, 'Seats'), seats) : null,
    h('div', { class: 'field' }, h('label', { for: 'field-promotionCode' }, 'Promotion code (optional)'), code),
    h('fieldset', { class: 'field' }, h('legend', {}, 'How to pay'), h('ul', { class: 'ways' }, [
      ...cards.map((card, i) => way(card.id, card.displayName, `Saved card, expires ${expiry(card)}`, i === 0)),
      way('', 'New card and more', 'In Stripe’s form, on the next step', !cards.length)])),
    h('p', {}, `${rhythm(plan) === 'a year' ? 'Yearly' : 'Each period'}: `, sum),
    messages, button);
  let running = false;
  let isFree = plan.trialDays > 0; // until the shop says that this one had free days

  const amount = () => money(times(price, Math.max(1, Number(seats.value) || 1)));

  function count() {
    sum.textContent = amount();
    // With a saved card this button pays; otherwise the one of the next step does.
    if (!running) button.textContent = isFree || choice.elements.card.value ? words() : 'Continue';
  }

  /** What the button that pays does. */
  function words() {
    if (isFree) return `Start ${plan.trialDays} free days`;
    return code.value.trim() ? `Pay ${amount()} less your code` : `Pay ${amount()}`;
  }

  async function press(event) {
    event.preventDefault();
    if (running) return;
    running = true;
    busy(button, true);
    messages.replaceChildren();
    try {
      await start();
    } catch (failure) {
      if (!await isRedrawn(failure)) messages.replaceChildren(hadTrial(failure) ? freeDaysUsed() : told(failure, choice));
    }
    running = false;
    busy(button, false);
    count();
  }

  function freeDaysUsed() {
    isFree = false;
    return notice('warn', 'Your free days were used', h('p', {}, 'Nothing was charged. You can subscribe without them; the button that pays names the amount.'));
  }

  async function start() {
    if (!await offer.isAsShown(price)) return;
    const card = choice.elements.card.value;
    // Where Stripe has a card already it asks for no other: a new one is saved first, and named.
    if (!card && cards.length) return choice.replaceWith(anotherCard({ wish, words, freeDaysUsed, isAsShown, isRedrawn }));
    const begun = await begin(wish(card));
    if (begun.clientSecret && !card) await showForm(begun);
  }

  /** A card takes a while to type: what the plan costs is asked once more before it pays. The offer that changed has the card. */
  function isAsShown(card) {
    if (!cards.includes(card)) cards.unshift(card);
    return offer.isAsShown(price);
  }

  /**
   * The price changed after it was asked for, and before the subscription began: the offer is shown as it is now. Where it cannot be
   * read, what was refused is told.
   */
  async function isRedrawn(failure) {
    return failure.code === 'price-changed' && !await offer.isAsShown(price).catch(() => true);
  }

  function wish(card) {
    return {
      planId: plan.id,
      currency,
      expectedAmount: price.amount,
      ...(plan.perSeat && { quantity: Number(seats.value) }),
      ...(code.value.trim() && { promotionCode: code.value.trim() }),
      ...(plan.trialDays && { trial: isFree }),
      ...(card && { paymentMethodId: card }),
    };
  }

  async function showForm(begun) {
    const target = `/subscriptions/${begun.id}`;
    const isTrial = begun.clientSecretFor === 'setup';
    const bill = !isTrial && begun.latestInvoiceId && await get(`/api/invoices/${begun.latestInvoiceId}`).catch(() => null);
    const toPay = bill ? `Pay ${money(bill.amountRemaining)} and subscribe` : 'Pay and subscribe';
    await confirmForm(place, begun, target, isTrial ? 'Start the free days' : toPay);
    choice.replaceWith(fragment(
      isTrial
        ? notice('good', 'Nothing is due today', h('p', {}, 'The card is kept for the time after the free days.'))
        : null,
      h('p', {}, 'Your card, in Stripe’s form:'), place));
  }

  count();
  return choice;
}

/** Begins it, and goes to its page unless there is a form to fill first. */
async function begin(wish) {
  const begun = await tryOnce(START, wish, (key) => post('/api/subscriptions', wish, { key }));
  const isUnpaid = begun.clientSecret && ['incomplete', 'trialing'].includes(begun.status);
  if (isUnpaid && !wish.paymentMethodId) return begun;
  if (isUnpaid && begun.status === 'incomplete') {
    const stripeJs = await stripe();
    // Stripe.js throws where the bank asks nothing any more, after a reload in its step say: the subscription's page goes on from there.
    const { error } = await stripeJs.handleNextAction({ clientSecret: begun.clientSecret }).catch(() => ({}));
    dropKey(START);
    if (error) throw new Declined(error);
  }
  go(`/subscriptions/${begun.id}`);
  return {};
}

/** Whether the shop gives no free days to this one, who was shown some. */
const hadTrial = (failure) => Boolean(failure.errors?.some((one) => one.field === 'trial'));

function anotherCard({ wish, words, freeDaysUsed, isAsShown, isRedrawn }) {
  const place = h('div', { class: 'stack' });
  const use = async (card) => {
    place.replaceChildren(spinner(`${card.displayName} is saved. Subscribing`));
    try {
      if (await isAsShown(card)) await begin(wish(card.id));
    } catch (failure) {
      if (await isRedrawn(failure)) return;
      place.replaceChildren(...(hadTrial(failure)
        ? [freeDaysUsed(), workButton(words(), () => use(card))]
        : [problemNotice(failure), h('a', { class: 'button', href: '' }, 'Back')]));
    }
  };
  const label = words();
  newCardForm(place, use, `Save this card and ${label[0].toLowerCase()}${label.slice(1)}`).catch((failure) => place.replaceChildren(problemNotice(failure)));
  return place;
}

function way(value, label, hint, checked) {
  return h('li', {}, h('label', {}, h('input', { type: 'radio', name: 'card', value, checked }), h('span', {}, label, h('small', {}, hint))));
}

function told(failure, choice) {
  const unknown = failure.errors?.length ? showErrors(choice, failure.errors) : [];
  if (failure.errors?.length && !unknown.length) return notice('bad', null, h('p', {}, 'Please check what is marked above.'));
  const there = failure.problem?.subscriptionId;
  return problemNotice(failure, there && h('p', {}, h('a', { href: `/subscriptions/${there}` }, 'Your subscription')));
}
