import { announce } from '../announce.js';
import { get, isUnderWay, list } from '../api.js';
import { subscriptionHistory } from '../history.js';
import { fragment, h, notice, spinner } from '../html.js';
import { dropKey, START } from '../keys.js';
import { date, money } from '../money.js';
import { confirmForm } from '../pay/confirm-form.js';
import { endsAt, priceWords } from '../plan-words.js';
import { show, signInFirst } from '../router.js';
import { user } from '../session.js';
import { settlement, whenConnected } from '../settlement.js';
import { changePlan, ending, payingCard, plannedChange } from '../subscription-actions.js';
import { problemNotice, subscriptionTag, underWayNotice } from '../words.js';
import { invoiceRow } from './invoices.js';

const LIVE = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete'];

/** Whether it began and is not over: a period that nobody paid is no date to name. */
const isRunning = (one) => LIVE.includes(one.status) && one.status !== 'incomplete' && !one.endedAt;

export async function page({ params, signal }) {
  const title = 'Your subscription';
  if (!user()) return { title, content: signInFirst(title) };
  dropKey(START);
  const path = `/api/subscriptions/${encodeURIComponent(params.id)}`;
  const [one, plans] = await Promise.all([get(path, { signal }), list('/api/plans', 200, { signal })]);
  const name = plans.find((plan) => plan.id === one.planId)?.name || one.planId;
  const status = h('div', { id: 'state', 'aria-live': 'polite' });
  const details = h('div', {});
  follow({ path, plans, status, details, signal });
  return { title, content: fragment(h('h1', {}, name), status, details) };
}

/** What is known now, and each change of it until it runs or is over. */
async function follow(view) {
  const { path, status, details, signal } = view;
  let last = '';
  try {
    for await (const now of settlement(path, signal)) {
      if (now.offline) {
        status.replaceChildren(notice('warn', 'The connection is lost', h('p', {}, 'We keep trying.')));
        continue;
      }
      await whenConnected(signal, async () => {
        const one = await get(path, { signal });
        status.replaceChildren(await stateNotice(now, one, view));
        if (last && last !== now.state) announce(status.textContent);
        last = now.state;
        details.replaceChildren(await content(one, view));
      });
    }
  } catch (failure) {
    if (!signal.aborted) status.replaceChildren(problemNotice(failure));
  }
}

const starting = () => notice('', 'It is being started', spinner('A few seconds, with some banks longer.'));

async function stateNotice({ state }, one, view) {
  switch (state) {
    case 'settling': return starting();
    case 'action_required': return firstPayment(one);
    case 'active': return one.status === 'trialing'
      ? notice('good', 'Your free days run', h('p', {}, `They end on ${date(one.trialEnd)}.`)) : running(one, view);
    case 'past_due': return notice('bad', 'A payment is due', h('p', {}, 'Please pay the open invoice below, or choose another card.'));
    case 'paused': return notice('warn', 'It is paused', one.pause?.until && h('p', {}, `Until ${date(one.pause.until)}.`));
    case 'failed': return notice('bad', 'It did not begin', h('p', {}, 'Nothing was charged.'), h('a', { class: 'button', href: `/plans/${one.planId}` }, 'Try again'));
    default: return notice('', 'It is over', h('a', { class: 'button', href: '/plans' }, 'Look at the plans'));
  }
}

/** It may run and give nothing: while nobody collects, or when the period's money went back. */
async function running(one, { plans, signal }) {
  const { data } = await get('/api/entitlements', { signal });
  const gives = data.some((access) => access.subscriptionId === one.id) || !plans.find((plan) => plan.id === one.planId)?.features.length;
  return gives ? notice('good', 'It runs. Enjoy your reading!')
    : notice('warn', 'It gives nothing at the moment', h('p', {}, 'This period is not paid, or its money went back. What happened is told below.'));
}

/** The first bill waits: for a card, or for the bank's step. Either is done here, unless it was, and the shop is not told yet. */
async function firstPayment(one) {
  const place = h('div', {});
  const bill = one.latestInvoiceId && await get(`/api/invoices/${one.latestInvoiceId}`).catch(() => null);
  if (bill?.status === 'paid') return starting();
  if (bill?.clientSecret) await confirmForm(place, bill, `/subscriptions/${one.id}`, `Pay ${money(bill.amountRemaining)}`);
  else place.append(h('a', { class: 'button', href: `/plans/${one.planId}?currency=${one.currency}` }, 'Go on'));
  return notice('warn', 'The first payment is missing', h('p', {}, 'It begins as soon as that is paid.'), place);
}

async function content(one, { path, plans, status, details, signal }) {
  /** told: what is done now, or a notice; answer: of the API, which may not know yet whether it is. */
  const changed = async (told, answer) => {
    const now = await get(path, { signal });
    const news = isUnderWay(answer) ? underWayNotice('It is under way', () => show())
      : typeof told === 'string' ? notice('good', told) : told;
    status.replaceChildren(news);
    announce(news.textContent);
    details.replaceChildren(await content(now, { path, plans, status, details, signal }));
  };
  const [invoices, timeline, card] = await Promise.all([
    list(`/api/invoices?subscriptionId=${one.id}`, 20, { signal }), get(`${path}/timeline`, { signal }),
    LIVE.includes(one.status) ? payingCard(one, changed) : null,
  ]);
  const isLive = isRunning(one);
  return h('div', { class: 'two' },
    h('div', {},
      plannedChange(one, plans, changed),
      isLive && !endsAt(one) && !one.scheduledChange && !one.pendingChange ? changePlan(one, plans, changed) : null,
      card,
      LIVE.includes(one.status) ? ending(one, changed) : null,
      invoices.length ? h('section', { class: 'card' }, h('h2', {}, 'Invoices'), h('ul', { class: 'lines' }, invoices.map((bill) => invoiceRow(bill, changed)))) : null),
    h('aside', { class: 'aside' }, facts(one, plans), h('section', { class: 'card' }, h('h2', {}, 'What happened'), subscriptionHistory(timeline.data))));
}

function facts(one, plans) {
  const plan = plans.find((each) => each.id === one.planId);
  const rows = [
    plan && ['Price', priceWords(plan, one.currency)],
    one.quantity > 1 && ['Seats', String(one.quantity)],
    isRunning(one) && one.currentPeriodEnd && [endsAt(one) ? 'Ends' : 'Renews', date(endsAt(one) || one.currentPeriodEnd)],
    one.endedAt && ['Ended', date(one.endedAt)],
  ].filter(Boolean);
  return h('section', { class: 'card' }, h('h2', {}, 'Status'), h('p', {}, subscriptionTag(one.status)),
    h('dl', { class: 'sums' }, rows.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])));
}
