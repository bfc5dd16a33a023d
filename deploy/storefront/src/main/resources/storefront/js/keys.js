// Keys of idempotency, kept in sessionStorage until the outcome is known: the same wish sent again, after a reload say, is
// the same request; another wish is another, and so is the same one after an answer: the API would only repeat that answer.

/** Of a start that is not shown on its own page yet: until then a reload finds its form again. */
export const START = 'tillstream.subscription';

export function keyFor(name, wish) {
  const body = JSON.stringify(wish);
  const kept = JSON.parse(sessionStorage.getItem(name) || 'null');
  if (kept && kept.body === body) return kept.key;
  const key = crypto.randomUUID();
  sessionStorage.setItem(name, JSON.stringify({ body, key }));
  return key;
}

/** {wish, key}, or null. */
export function keptWish(name) {
  const kept = JSON.parse(sessionStorage.getItem(name) || 'null');
  return kept && { wish: JSON.parse(kept.body), key: kept.key };
}

export const dropKey = (name) => sessionStorage.removeItem(name);

/** Sends with the wish's key. After any answer the next try is another one; when nobody knows, it is the same. */
export async function once(name, wish, send) {
  const answer = await tryOnce(name, wish, send);
  dropKey(name);
  return answer;
}

/** The same for what goes on after its answer, as a form to pay in, or a bank's question: it ends by dropKey. */
export async function tryOnce(name, wish, send) {
  try {
    return await send(keyFor(name, wish));
  } catch (failure) {
    if (!failure.isUnknown) dropKey(name);
    throw failure;
  }
}
