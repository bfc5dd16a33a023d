import { get, list } from '../api.js';
import { fragment, h, notice } from '../html.js';
import { moment, money } from '../money.js';
import { problemWords } from '../words.js';
import { code, orderLink, paymentLink, status, subscriptionLink, table } from './parts.js';
import { picture } from './picture.js';
import { searchForm } from './search.js';

const EVERY = 2_000; // a look; the gateway asks the services once a second at most

/** What flows at the moment, and what a person has to see to. */
export async function page({ signal }) {
  const [first, owed, ofInvoices, endpoint] = await Promise.all([
    get('/api/admin/event-flow', { signal }), list('/api/admin/payments/owed-refunds?attention=true', 50, { signal }),
    owedOfInvoices(signal), stripeEndpoint(signal)]);
  const pictures = {
    incoming: picture('Stripe events a second', (n) => n.toFixed(1)),
    delay: picture('From Kafka to its effect', (n) => (n < 1 ? `${Math.round(n * 1000)} ms` : `${n.toFixed(1)} s`)),
    lag: picture('Not taken from Kafka yet', String),
    failures: picture('Failures a minute', (n) => String(Math.round(n))),
  };
  const services = h('div', {});
  const lost = h('div', {});
  follow({ first, signal, pictures, services, lost });
  return {
    title: 'Now',
    content: fragment(
      h('h1', {}, 'The shop now'),
      searchForm(),
      lost,
      h('div', { class: 'pictures', id: 'pictures' }, Object.values(pictures).map((one) => one.element)),
      h('div', { class: 'tables' },
        h('div', { class: 'card', id: 'services' }, services),
        endpoint && h('div', { class: 'card', id: 'stripe-endpoint' }, endpointTable(endpoint)),
        h('div', { class: 'card' }, refundsOwed(owed)),
        ofInvoices && h('div', { class: 'card', id: 'owed-invoices' }, invoiceRefundsOwed(ofInvoices)))),
  };
}

async function follow({ first, signal, pictures, services, lost }) {
  let last = first;
  services.replaceChildren(table('Services', SERVICE_COLUMNS, first.services.map(row)));
  while (!signal.aborted) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, EVERY);
      signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
    });
    if (signal.aborted) return;
    if (document.hidden) continue; // nobody looks
    try {
      const now = await get('/api/admin/event-flow', { signal });
      show(last, now, pictures);
      services.replaceChildren(table('Services', SERVICE_COLUMNS, now.services.map(row)));
      lost.replaceChildren();
      last = now;
    } catch (failure) {
      if (signal.aborted) return;
      lost.replaceChildren(notice('warn', 'These pictures stand still', h('p', {}, problemWords(failure))));
      if ([401, 403].includes(failure.status)) return;
    }
  }
}

const SERVICE_COLUMNS = [['Service'], ['Applied', 'number'], ['Not taken yet', 'number'], ['Parked', 'number'], ['Set aside', 'number'], ['Not told yet', 'number']];

const row = (one) => (one.isUp
  ? [one.name, one.applied, one.lag, one.parked, one.standAside, one.unsent]
  : [[one.name, ' ', status('failed'), h('div', { class: 'small' }, 'It does not answer.')], '–', '–', '–', '–', '–']);

/** The difference between two looks; a service that started anew in between has counted from 0 again. */
function show(last, now, pictures) {
  const seconds = Math.max(0.5, (Date.parse(now.at) - Date.parse(last.at)) / 1000);
  const since = (before, after) => (after >= before ? after - before : after);
  const sum = (name) => now.services.reduce((all, one) => all + since(last.services.find((other) => other.name === one.name)?.[name] || 0, one[name]), 0);
  const { webhooks } = now;
  const from = last.webhooks || { accepted: 0, refused: 0, unavailable: 0 };
  pictures.incoming.add(webhooks && last.webhooks ? since(from.accepted, webhooks.accepted) / seconds : 0);
  const measured = sum('delays');
  if (measured) pictures.delay.add(sum('delaySeconds') / measured);
  pictures.lag.add(now.services.reduce((all, one) => all + one.lag, 0));
  const failed = sum('stripeFailures') + sum('serverErrors')
    + (webhooks && last.webhooks ? since(from.refused, webhooks.refused) + since(from.unavailable, webhooks.unavailable) : 0);
  pictures.failures.add((failed / seconds) * 60);
}

const refundsOwed = (owed) => table('Money of orders that is owed back and needs a person',
  [['Order'], ['Payment'], ['Amount', 'number'], ['Why'], ['Stripe says'], ['Since']],
  owed.map((one) => [orderLink(one.orderId), paymentLink(one.paymentId), money(one.amount), one.purpose, one.reason || one.attention || '–', moment(one.createdAt)]),
  { none: 'None: all that is owed was given back, or is on its way.' });

/** Null where Stripe does not say: whatever the reason, the rest of the page is told all the same. */
async function stripeEndpoint(signal) {
  try {
    return await get('/api/admin/stripe-endpoint', { signal });
  } catch (failure) {
    if (signal.aborted) throw failure;
    return null;
  }
}

const endpointTable = (one) => table('What is wrong with Stripe’s endpoint for our events',
  [['Problem'], ['What it means']],
  one.problems.map((problem) => [[status('failed'), ' ', problem.code.replaceAll('_', ' ')], problem.message]),
  { none: one.status === 'not_configured'
    ? 'Not known: payment-service is not told where Stripe reaches us (WEBHOOK_PUBLIC_URL).'
    : `Nothing: ${one.endpoint.id} is enabled and is sent all that is followed. ${one.pending.events} events wait for a delivery.` });

/** Null where the gateway has no subscriptions: then nothing can be owed. */
async function owedOfInvoices(signal) {
  try {
    return await list('/api/admin/invoices/owed-refunds?attention=true', 50, { signal });
  } catch (failure) {
    if (failure.status === 404) return null;
    throw failure;
  }
}

const invoiceRefundsOwed = (owed) => table('Money of invoices that is owed back and needs a person',
  [['Subscription'], ['Invoice'], ['Amount', 'number'], ['Why'], ['Since']],
  owed.map((one) => [subscriptionLink(one.subscriptionId), one.invoiceId ? code(one.invoiceId) : 'credit', money(one.amount), one.attention, moment(one.createdAt)]),
  { none: 'None: what was paid after its subscription’s end was given back, or is on its way.' });
