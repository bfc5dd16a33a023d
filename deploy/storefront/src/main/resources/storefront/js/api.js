// Calls to the API. What goes wrong is an ApiError with the API's code, its words and the id of the request.

import { accessToken, forget } from './session.js';

const RESTS = [500, 1500, 4000]; // before a call that got no answer is sent again

const underWay = new WeakSet();

/** Whether the shop took it and Stripe has not answered yet (202): the answer says how things were before. */
export const isUnderWay = (answer) => underWay.has(answer);

export class ApiError extends Error {
  constructor(status, problem, requestId) {
    super(problem.detail || `The shop answered ${status}.`);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code || 'unknown';
    this.errors = problem.errors || [];
    this.problem = problem;
    this.requestId = problem.requestId || requestId;
  }

  /** Whether the shop may have done it all the same, so that only the same key may ask again. */
  get isUnknown() {
    if (this.problem.payment?.status === 'failed') return false; // by whoever's fault, that payment is over
    return this.status === 0 || this.status >= 500 || this.status === 429 || this.isInUse;
  }

  /** Whether the first request with this key is still being answered. */
  get isInUse() {
    return this.code === 'idempotency-key-in-use';
  }
}

const rest = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

function headers(accept, key, hasBody) {
  const all = { Accept: accept };
  const token = accessToken();
  if (token) all.Authorization = `Bearer ${token}`;
  if (key) all['Idempotency-Key'] = key;
  if (hasBody) all['Content-Type'] = 'application/json';
  return all;
}

/** The answer itself, for those who read it as a stream. */
export async function request(method, path, { body, key, signal, accept = 'application/json' } = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: headers(accept, key, body !== undefined),
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new ApiError(0, { code: 'no-answer', detail: 'The shop cannot be reached. Is the network there?' });
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const error = new ApiError(answer.status, problem, answer.headers.get('X-Request-Id'));
  error.retryAfter = Number(answer.headers.get('Retry-After')) || 0;
  if (error.status === 401) forget();
  throw error;
}

async function call(method, path, options = {}) {
  // Reads, and what has a key, may be sent again when nobody knows whether they arrived.
  const rests = method === 'GET' || options.key ? RESTS : [];
  for (let turn = 0; ; turn++) {
    try {
      const answer = await request(method, path, options);
      const text = await answer.text();
      const body = text ? JSON.parse(text) : null;
      if (body && answer.status === 202) underWay.add(body);
      return body;
    } catch (failure) {
      const again = failure instanceof ApiError && (failure.status === 0 || failure.status === 503 || failure.isInUse);
      if (!again || turn >= rests.length || options.signal?.aborted) throw failure;
      await rest(Math.max(rests[turn], (failure.retryAfter || 0) * 1000));
    }
  }
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body, options) => call('POST', path, { ...options, body });
export const put = (path, body, options) => call('PUT', path, { ...options, body });
export const patch = (path, body, options) => call('PATCH', path, { ...options, body });
export const remove = (path, options) => call('DELETE', path, options);

/** All pages of a list, up to `most` things. */
export async function list(path, most = 200, options) {
  const all = [];
  let cursor = null;
  do {
    const query = new URLSearchParams({ limit: Math.min(100, most - all.length), ...(cursor && { cursor }) });
    const page = await get(`${path}${path.includes('?') ? '&' : '?'}${query}`, options);
    all.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor && all.length < most);
  return all;
}
