// Waits for what becomes of an order or a subscription: by the event stream, and by long-poll where no stream comes through.

import { ApiError, get, request } from './api.js';

const LONGEST_REST = 10_000;
/** A failed payment is not the end of an order: another of the same may be on its way this very moment. */
const isOpen = (now) => now.state === 'settling' || now.state === 'action_required'
  || (now.state === 'failed' && now.status === 'payment_failed');

/** Ends early when the network is back, or the page is left. */
const rest = (millis, signal) => new Promise((resolve) => {
  const over = new AbortController();
  const end = () => { over.abort(); clearTimeout(timer); resolve(); };
  const timer = setTimeout(end, millis);
  signal.addEventListener('abort', end, { signal: over.signal });
  window.addEventListener('online', end, { signal: over.signal });
});

/**
 * Yields {state, ...} at once and at each change, until it is decided; {offline: true} while the shop cannot be reached.
 * path: of the order or subscription, as /api/orders/ID.
 */
export async function* settlement(path, signal) {
  let last = null;
  let failures = 0;
  const changed = (now) => (!last || now.version !== last.version || now.state !== last.state) && (last = now);
  while (!signal.aborted) {
    try {
      const source = failures % 2 === 0 ? stream(path, signal) : poll(path, last, signal);
      for await (const now of source) {
        failures = failures % 2; // whichever way came through is kept
        if (changed(now)) yield now;
        if (!isOpen(now)) return;
      }
      await rest(300, signal);
    } catch (failure) {
      if (signal.aborted) return;
      if (failure instanceof ApiError && [401, 403, 404].includes(failure.status)) throw failure;
      failures++;
      if (failures > 1) yield { offline: true };
      await rest(Math.min(LONGEST_REST, 500 * 2 ** failures, failure.retryAfter * 1000 || Infinity), signal);
    }
  }
}

/** Does `work` again as long as the shop cannot be reached. */
export async function whenConnected(signal, work) {
  for (;;) {
    try {
      return await work();
    } catch (failure) {
      if (signal.aborted || failure.status !== 0) throw failure;
      await rest(LONGEST_REST, signal);
    }
  }
}

async function* stream(path, signal) {
  const answer = await request('GET', `${path}/settlement`, { accept: 'text/event-stream', signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const data = event.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n');
      if (data) yield JSON.parse(data);
    }
  }
}

async function* poll(path, last, signal) {
  const since = last ? `&since=${last.version}` : '';
  yield await get(`${path}/settlement?wait=20s${since}`, { signal });
}
