// The operators' pages: the frame around them, and who is let in.

import { h } from '../html.js';
import { start } from '../router.js';
import { signIn, signOut, user } from '../session.js';
import { PAGES } from './routes.js';

const LINKS = [['/console', 'Now'], ['/console/search', 'Search'], ['/console/events', 'Events']];

function link([address, words]) {
  return h('a', { href: address, 'aria-current': location.pathname === address ? 'page' : null }, words);
}

function navigation() {
  document.getElementById('navigation').replaceChildren(
    ...(user() ? LINKS.map(link) : []),
    user()
      ? h('button', { type: 'button', id: 'sign-out', class: 'end', onclick: signOut }, 'Sign out')
      : h('button', { type: 'button', id: 'sign-in', class: 'end', onclick: () => signIn(undefined, 'operator') }, 'Sign in'));
}

['session', 'address', 'storage'].forEach((event) => window.addEventListener(event, navigation));
start(PAGES, { name: 'Tillstream console', home: '/console', wayHome: 'To the console' });
