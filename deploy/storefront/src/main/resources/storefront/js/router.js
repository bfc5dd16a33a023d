// Shows the page that the address names, and keeps the browser's history.

import { announce } from './announce.js';
import { ApiError } from './api.js';
import { h, spinner } from './html.js';
import { signIn } from './session.js';
import { problemNotice } from './words.js';

const PATIENCE = 15_000; // for a page; an answer that takes longer is lost, and is asked for again

const main = document.getElementById('main');
let pages = [];
let site;
let leaving = new AbortController();

/** Shows an address: as a page of this site, or, where it is none, as the document that it is. */
export function go(address, { replace = false } = {}) {
  const { pathname } = new URL(address, location.href);
  if (!pages.some(([pattern]) => pattern.test(pathname))) {
    location[replace ? 'replace' : 'assign'](address);
    return null;
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  return show();
}

/** Shows the page of the current address; what the page before still waits for is given up. */
export async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const url = new URL(location.href);
  window.dispatchEvent(new Event('address'));
  const waiting = setTimeout(() => !signal.aborted && main.replaceChildren(spinner('One moment')), 250);
  // A sign-in can be finished once only.
  const lost = url.pathname === '/callback' ? null : setTimeout(() => !signal.aborted && show(), PATIENCE);
  try {
    const { title, content } = await page(url, signal);
    if (!signal.aborted) put(title, content);
  } catch (failure) {
    if (!signal.aborted) put('Something went wrong', failed(failure, url));
  } finally {
    clearTimeout(waiting);
    clearTimeout(lost);
  }
}

async function page(url, signal) {
  for (const [pattern, load] of pages) {
    const found = pattern.exec(url.pathname);
    if (found) return (await load()).page({ params: found.groups || {}, query: url.searchParams, signal });
  }
  return { title: 'Not found', content: notFound() };
}

function put(title, content) {
  document.title = `${title} · ${site.name}`;
  main.replaceChildren(content);
  window.scrollTo(0, 0);
  const heading = main.querySelector('h1');
  if (heading && document.body.dataset.started) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  document.body.dataset.started = 'yes';
  announce(title);
}

function notFound() {
  return h('div', { class: 'narrow' },
    h('h1', {}, 'Not found'),
    h('p', { class: 'lead' }, 'There is no such page here, or it is somebody else’s.'),
    h('a', { class: 'button', href: site.home }, site.wayHome));
}

function failed(failure, url) {
  if (failure.status === 404) return notFound();
  if (failure.status === 401) return signInFirst('Please sign in again', url.pathname + url.search);
  if (!(failure instanceof ApiError)) console.error(failure);
  return h('div', { class: 'narrow' },
    h('h1', {}, 'Something went wrong'),
    problemNotice(failure),
    h('button', { class: 'button', type: 'button', onclick: show }, 'Try again'));
}

/** For pages that belong to somebody. */
export function signInFirst(heading, returnTo = location.pathname + location.search) {
  return h('div', { class: 'narrow' },
    h('h1', {}, heading),
    h('p', { class: 'lead' }, 'This page is yours alone, so we have to know who you are. Your cart is kept.'),
    h('button', { class: 'button', type: 'button', onclick: () => signIn(returnTo) }, 'Sign in'));
}

function isOurs(event, link) {
  return link && link.origin === location.origin && !('plain' in link.dataset) && !link.hash && !link.target
    && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** Shows these pages, [path, module] each, of a site {name, home, wayHome}. */
export function start(routes, of) {
  pages = routes.map(([path, load]) => [new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`), load]);
  site = of;
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    if (!isOurs(event, link)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  window.addEventListener('popstate', show);
  window.addEventListener('signed-out', () => go(site.home, { replace: true }));
  // The browser may bring a page back as it was left; what it shows may be over by now.
  window.addEventListener('pageshow', (event) => event.persisted && show());
  return show();
}
