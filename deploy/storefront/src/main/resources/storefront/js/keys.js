// Keys of idempotency, kept in sessionStorage until the outcome is known: the same wish sent again, after a reload say, is
// the same request; another wish is another.

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

/** Sends with the wish's key. After a plain no the next try is another one; when nobody knows, it is the same. */
export async function once(name, wish, send) {
  try {
    return await send(keyFor(name, wish));
  } catch (failure) {
    if (!failure.isUnknown) dropKey(name);
    throw failure;
  }
}
