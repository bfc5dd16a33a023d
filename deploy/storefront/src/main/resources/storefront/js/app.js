// The frame around every page.

import { count } from './cart.js';
import { config } from './config.js';
import { h } from './html.js';
import { start } from './router.js';
import { PAGES } from './routes.js';
import { signIn, signOut, user } from './session.js';

const LINKS = [['/', 'Books'], ['/plans', 'Plans']];
const OWN = [['/orders', 'Orders'], ['/subscriptions', 'Subscriptions'], ['/cards', 'Cards'], ['/account', 'Account']];

function link([address, words], className) {
  const here = location.pathname === address || (address !== '/' && location.pathname.startsWith(`${address}/`));
  return h('a', { href: address, class: className, 'aria-current': here ? 'page' : null }, words);
}

function cartLink() {
  const many = count();
  const anchor = link(['/cart', 'Cart'], 'end');
  if (many) anchor.append(h('span', { class: 'count', 'aria-label': many === 1 ? '1 book' : `${many} books` }, String(many)));
  return anchor;
}

function navigation() {
  const who = user();
  document.getElementById('navigation').replaceChildren(
    ...LINKS.map((one) => link(one)),
    ...(who ? OWN.map((one) => link(one)) : []),
    cartLink(),
    who
      ? h('button', { type: 'button', id: 'sign-out', onclick: signOut, title: `Signed in as ${who.name}` }, 'Sign out')
      : h('button', { type: 'button', id: 'sign-in', onclick: () => signIn() }, 'Sign in'));
}

config().then(({ publishableKey }) => {
  if (!publishableKey.startsWith('pk_test_')) return;
  document.getElementById('mode').textContent = 'Test mode: only Stripe’s test cards are taken, and no card is charged.';
}).catch(() => {}); // whichever page needs it says so

['session', 'cart', 'address', 'storage'].forEach((event) => window.addEventListener(event, navigation));
start(PAGES, { name: 'Tillstream Books', home: '/', wayHome: 'To the shop' });
