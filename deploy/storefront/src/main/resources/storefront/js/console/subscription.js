import { get, post } from '../api.js';
import { askFirst } from '../ask.js';
import { fragment, h } from '../html.js';
import { moment } from '../money.js';
import { code, facts, status, timeline, userLink } from './parts.js';

export async function page({ params, signal }) {
  const place = h('div', {});
  await draw(place, params.id, signal);
  return { title: 'Subscription', content: place };
}

async function draw(place, id, signal) {
  const at = encodeURIComponent(id);
  const [one, history] = await Promise.all([
    get(`/api/admin/subscriptions/${at}`, { signal }), get(`/api/subscriptions/${at}/timeline`, { signal })]);
  place.replaceChildren(fragment(
    h('h1', {}, `${one.planId} of ${one.userId}`),
    h('div', { class: 'two' },
      h('section', { class: 'card' }, facts([
        ['Status', h('span', { id: 'status' }, status(one.status))], ['Id', code(one.id)], ['User', userLink(one.userId)],
        ['At Stripe', code(one.stripeSubscriptionId)], ['Plan', `${one.quantity} × ${one.planId}, ${one.currency.toUpperCase()}`],
        ['Period', one.currentPeriodStart && `${moment(one.currentPeriodStart)} to ${moment(one.currentPeriodEnd)}`],
        ['Trial until', one.trialEnd && moment(one.trialEnd)], ['Card', code(one.paymentMethodId)],
        ['Ends', one.cancelAtPeriodEnd ? 'with the period' : one.cancelAt && moment(one.cancelAt)],
        ['Ended', one.endedAt && moment(one.endedAt)], ['Why', one.cancelReason],
        ['Paused', one.pause && `${one.pause.behavior.replaceAll('_', ' ')}${one.pause.until ? ` until ${moment(one.pause.until)}` : ''}`],
        ['Becomes', one.scheduledChange && `${one.scheduledChange.planId || one.planId} at ${moment(one.scheduledChange.at)}`],
        ['Last invoice', code(one.latestInvoiceId)], ['Began', moment(one.createdAt)],
      ])),
      h('div', { class: 'stack' }, collection(one, at, () => draw(place, id, signal)), timeline(history.data)))));
}

function collection(one, at, again) {
  const isPaused = one.pause || one.status === 'paused';
  if (!isPaused && !['active', 'trialing', 'past_due'].includes(one.status)) return null;
  const act = (what, body) => async () => {
    await post(`/api/admin/subscriptions/${at}/${what}`, body, { key: crypto.randomUUID() });
    await again();
  };
  return h('section', { class: 'card' }, h('h2', {}, 'Collection'),
    isPaused
      ? askFirst('Collect again', endsBy(one) ? 'Collect from the next invoice on? It is to end: that is taken back too, and it goes on.'
        : 'Collect from the next invoice on?', 'Collect', act('resume', {}), { id: 'resume' })
      : askFirst('Pause', 'Stop collecting until it is resumed? Invoices are void meanwhile.', 'Pause it', act('pause', { behavior: 'void' }), { id: 'pause' }));
}

/** Whether somebody has had it end. */
const endsBy = (one) => one.cancelAtPeriodEnd || one.cancelAt;
