import { announce } from '../announce.js';
import { get, patch, post, remove } from '../api.js';
import { askFirst } from '../ask.js';
import { busy, field, h, notice, showErrors, workButton } from '../html.js';
import { go, signInFirst } from '../router.js';
import { signOut, user } from '../session.js';
import { problemNotice } from '../words.js';

export async function page({ signal }) {
  const title = 'Your account';
  const who = user();
  if (!who) return { title, content: signInFirst(title) };
  const known = await get('/api/customers/me', { signal }).catch((failure) => {
    if (failure.status === 404) return null; // not registered yet
    throw failure;
  });
  return {
    title,
    content: h('div', { class: 'narrow' },
      h('h1', {}, title),
      h('p', { class: 'lead' }, `You are signed in as ${who.name}.`),
      details(known, who),
      h('section', { class: 'card' }, h('h2', {}, 'More'),
        h('p', { class: 'row' }, h('a', { href: '/orders' }, 'Orders'), h('a', { href: '/cards' }, 'Cards'),
          h('a', { href: '/subscriptions' }, 'Subscriptions'), h('a', { href: '/invoices' }, 'Invoices')),
        portal()),
      h('section', { class: 'card' }, h('h2', {}, 'Leave'),
        h('p', {}, 'Your name, address and cards are deleted, here and at Stripe. Orders and invoices stay on record without them.'),
        leaving())),
  };
}

function details(known, who) {
  const messages = h('div', {});
  const button = h('button', { type: 'submit', class: 'button' }, known?.registeredAt ? 'Save' : 'Register');
  const form = h('form', { onsubmit: send },
    field('Name', 'name', { autocomplete: 'name', required: true, maxlength: 256, value: known?.name || who.name }),
    field('E-mail', 'email', { type: 'email', autocomplete: 'email', required: true, maxlength: 512, value: known?.email || who.email }),
    messages, button);

  async function send(event) {
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    busy(button, true);
    messages.replaceChildren();
    showErrors(form, []);
    const data = Object.fromEntries(new FormData(form));
    try {
      if (known?.registeredAt) await patch('/api/customers/me', data);
      else known = await post('/api/customers', data, { key: crypto.randomUUID() });
      messages.replaceChildren(notice('good', 'Saved.'));
      announce('Saved');
    } catch (failure) {
      const unknown = failure.errors?.length ? showErrors(form, failure.errors) : [''];
      if (unknown.length) messages.replaceChildren(problemNotice(failure));
    }
    busy(button, false);
  }

  return h('section', { class: 'card' }, h('h2', {}, 'About you'), form);
}

function portal() {
  const messages = h('div', {});
  return h('div', { class: 'stack' }, messages, h('div', {}, workButton('Open Stripe’s billing page', async () => {
    try {
      const { url } = await post('/api/billing-portal/sessions', { returnUrl: `${location.origin}/account` }, { key: crypto.randomUUID() });
      location.assign(url);
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
  }, { class: 'button plain' })));
}

function leaving() {
  const place = h('div', {});
  const gone = async () => {
    await go('/');
    await signOut();
  };
  place.append(askFirst('Delete my account', 'Delete your account and your cards for good?', 'Delete it', async () => {
    try {
      await remove('/api/customers/me');
    } catch (failure) {
      if (failure.code !== 'subscription-active') throw failure;
      place.replaceChildren(askFirst('End my subscriptions and delete all', 'A subscription of yours is running. It ends at once, and nothing is given back.',
        'End and delete', async () => {
          await remove('/api/customers/me?confirm=end_subscriptions');
          await gone();
        }));
      return;
    }
    await gone();
  }));
  return place;
}
