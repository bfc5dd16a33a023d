import { announce } from '../announce.js';
import { get, post } from '../api.js';
import { fragment, h, notice, workButton } from '../html.js';
import { moment } from '../money.js';
import { problemNotice } from '../words.js';
import { code, status, table } from './parts.js';

const SERVICES = [['orders', 'Orders'], ['payments', 'Payments'], ['subscriptions', 'Subscriptions']];

/** What the services have not applied: dead letters, to be tried again, and events that wait for their object. */
export async function page({ signal }) {
  const places = SERVICES.map(() => h('section', { class: 'card' }));
  await Promise.all(SERVICES.map(([service, name], i) => draw(places[i], service, name, signal)));
  return {
    title: 'Events',
    content: fragment(
      h('h1', {}, 'Events that were not applied'),
      h('p', { class: 'lead' }, 'A dead letter could not be applied; try it again once its cause is mended. What was applied already changes nothing. A parked event waits for what it is about, and is tried by itself.'),
      places),
  };
}

async function draw(place, service, name, signal, said) {
  try {
    const [letters, parked] = await Promise.all([
      get(`/api/admin/dead-letters?service=${service}`, { signal }),
      get(`/api/admin/parked-events?service=${service}&limit=100`, { signal })]);
    place.replaceChildren(h('h2', {}, name), said || '', deadLetters(letters.data, place, service, name, signal), waiting(parked));
  } catch (failure) {
    if (signal.aborted) throw failure;
    // One service that is away hides no other.
    place.replaceChildren(h('h2', {}, name), problemNotice(failure));
  }
}

function deadLetters(letters, place, service, name, signal) {
  const messages = h('div', {});
  const again = (ids, label, attributes) => workButton(label, async () => {
    try {
      const { replayed } = await post(`/api/admin/dead-letters/replay?service=${service}`, { ids }, { key: crypto.randomUUID() });
      const words = replayed === 1 ? 'One is tried again.' : `${replayed} are tried again.`;
      announce(words);
      await draw(place, service, name, signal, notice('good', words));
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
  }, attributes);
  const open = letters.filter((one) => !one.isApplied && !one.isWaiting).slice(0, 100);
  return fragment(messages,
    table(`Dead letters of ${name.toLowerCase()}`, [['When'], ['Event'], ['Cause', 'cause'], ['State']],
      letters.map((one) => [moment(one.at), [one.type || 'unreadable', h('div', { class: 'small' }, code(one.eventId))], one.cause,
        one.isApplied ? h('span', { class: 'tag good' }, 'applied since')
          : one.isWaiting ? status('pending')
            : again([one.id], 'Try again', { class: 'button plain', 'data-replay': one.id, 'aria-label': `Try ${one.type || 'it'} ${one.eventId} again` })]), { level: 'h3' }),
    open.length > 1 && h('p', {}, again(open.map((one) => one.id), `Try all ${open.length} again`, {})));
}

const waiting = ({ data, nextCursor }) => fragment(
  table('Parked events', [['Since'], ['Event'], ['Waits for'], ['Attempts', 'number'], ['Next']],
    data.map((one) => [moment(one.parkedAt), [one.type, h('div', { class: 'small' }, code(one.eventId))], code(one.waitsFor), one.attempts, moment(one.nextAttemptAt)]), { level: 'h3' }),
  nextCursor && h('p', { class: 'quiet' }, 'More wait than these hundred.'));
