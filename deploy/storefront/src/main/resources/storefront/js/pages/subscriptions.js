import { get, list } from '../api.js';
import { fragment, h } from '../html.js';
import { date } from '../money.js';
import { endsAt, featureWords, priceWords } from '../plan-words.js';
import { signInFirst } from '../router.js';
import { user } from '../session.js';
import { subscriptionTag } from '../words.js';

export async function page({ signal }) {
  const title = 'Your subscriptions';
  if (!user()) return { title, content: signInFirst(title) };
  const [all, plans, access] = await Promise.all([
    list('/api/subscriptions', 100, { signal }), list('/api/plans', 200, { signal }), get('/api/entitlements', { signal }),
  ]);
  const byId = new Map(plans.map((plan) => [plan.id, plan]));
  return {
    title,
    content: fragment(
      h('h1', {}, title),
      all.length
        ? h('section', { class: 'card', 'aria-label': title }, h('ul', { class: 'lines' }, all.map((one) => row(one, byId.get(one.planId)))))
        : fragment(h('p', { class: 'lead' }, 'You have none yet.'), h('a', { class: 'button', href: '/plans' }, 'Look at the plans')),
      access.data.length
        ? h('section', { class: 'card' }, h('h2', {}, 'What you may use'), h('ul', { class: 'ticks' }, access.data.map(feature)))
        : null,
      h('p', {}, h('a', { href: '/invoices' }, 'All invoices'))),
  };
}

function row(one, plan) {
  return h('li', {},
    h('div', { class: 'grow' },
      h('h2', {}, h('a', { href: `/subscriptions/${one.id}` }, plan ? plan.name : one.planId)),
      h('p', { class: 'quiet small' }, plan ? priceWords(plan, one.currency) : '', nextWords(one))),
    subscriptionTag(one.status));
}

function nextWords(one) {
  if (!one.currentPeriodEnd || !['active', 'trialing', 'past_due'].includes(one.status)) return '';
  return endsAt(one) ? ` · ends ${date(endsAt(one))}` : ` · renews ${date(one.currentPeriodEnd)}`;
}

function feature({ feature: name, grade, until }) {
  return h('li', {}, featureWords(name), grade === 'limited' ? ' (limited while a payment is due)' : '',
    until && h('span', { class: 'quiet small' }, ` until ${date(until)}`));
}
