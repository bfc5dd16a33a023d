import { announce } from '../announce.js';
import { list, put, remove } from '../api.js';
import { askFirst } from '../ask.js';
import { fragment, h, notice, workButton } from '../html.js';
import { newCardForm } from '../pay/new-card.js';
import { expiry } from '../pay/saved-card.js';
import { signInFirst } from '../router.js';
import { user } from '../session.js';
import { problemNotice } from '../words.js';

export async function page({ signal }) {
  if (!user()) return { title: 'Your cards', content: signInFirst('Your cards') };
  const place = h('div', { class: 'narrow' });
  await draw(place, signal);
  return { title: 'Your cards', content: place };
}

async function draw(place, signal, said) {
  const cards = await list('/api/payment-methods', 100, { signal });
  const again = (words) => draw(place, signal, words);
  place.replaceChildren(
    h('h1', {}, 'Your cards'),
    h('p', { class: 'lead' }, 'Stripe keeps the numbers; we know the last four digits.'),
    said ? notice('good', said) : '',
    cards.length
      ? h('section', { class: 'card', 'aria-label': 'Saved cards' },
        h('ul', { class: 'lines' }, cards.map((card) => row(card, cards, again))))
      : '',
    adder(again));
  if (said) announce(said);
}

function row(card, cards, again) {
  const messages = h('div', {});
  const makeDefault = workButton('Make default', async () => {
    try {
      await put(`/api/payment-methods/${card.id}`, { setAsDefault: true });
      await again(`${card.displayName} is your default card.`);
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
  }, { class: 'button plain', 'aria-label': `Make ${card.displayName} the default` });
  const removal = h('div', {});
  removal.append(askFirst('Remove', `Remove ${card.displayName}?`, 'Remove it', () => removed(card, cards, removal, again),
    { 'aria-label': `Remove ${card.displayName}` }));
  return h('li', { 'data-card': card.lastFour },
    h('div', { class: 'grow stack' },
      h('div', {}, h('h2', {}, `${card.displayName}, expires ${expiry(card)}`), card.isDefault && h('span', { class: 'tag good' }, 'Default')),
      messages,
      h('div', { class: 'row' }, !card.isDefault && makeDefault, removal)));
}

async function removed(card, cards, place, again) {
  try {
    await remove(`/api/payment-methods/${card.id}`);
  } catch (failure) {
    if (failure.code !== 'payment-method-in-use') throw failure;
    place.replaceChildren(replacement(card, cards.filter((one) => one.id !== card.id), again));
    return;
  }
  await again(`${card.displayName} is removed.`);
}

/** A card that pays a subscription goes only when another one takes its place. */
function replacement(card, others, again) {
  if (!others.length) {
    return notice('warn', 'This card pays a subscription', h('p', {}, 'Add another card first; it can take its place then.'));
  }
  const id = `replace-${card.id}`;
  const choice = h('select', { id }, others.map((one) => h('option', { value: one.id }, `${one.displayName}, expires ${expiry(one)}`)));
  const messages = h('div', {});
  return notice('warn', 'This card pays a subscription',
    h('div', { class: 'field' }, h('label', { for: id }, 'Which card shall pay it from now on?'), choice),
    messages,
    workButton('Replace and remove', async () => {
      try {
        await remove(`/api/payment-methods/${card.id}?replaceWith=${encodeURIComponent(choice.value)}`);
        await again(`${card.displayName} is removed; the other card pays from now on.`);
      } catch (failure) {
        messages.replaceChildren(problemNotice(failure));
      }
    }));
}

function adder(again) {
  const place = h('div', { class: 'stack' });
  const open = workButton('Add a card', async () => {
    try {
      await newCardForm(place, (card) => again(`${card.displayName} is saved.`));
    } catch (failure) {
      place.replaceChildren(problemNotice(failure), open);
    }
  }, { id: 'add-card' });
  place.append(open);
  return h('section', { class: 'card' }, h('h2', {}, 'Another card'), place);
}
