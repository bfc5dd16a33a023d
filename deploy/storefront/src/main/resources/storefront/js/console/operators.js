// Who is no operator is told so before anything is asked for; the API refuses them all the same.

import { h } from '../html.js';
import { hasScope, signIn, signOut, user } from '../session.js';

/** A page for operators: `load` gives its module. */
export function forOperators(load) {
  return async (visit) => {
    if (!user()) return outside('Sign in', 'The console is for the people who run the shop.', 'Sign in', () => signIn(undefined, 'operator'));
    if (!hasScope('operator')) {
      return outside('Not for this account', 'This account is not an operator’s. Nothing of the shop is shown to it here.', 'Sign out', signOut);
    }
    return (await load()).page(visit);
  };
}

function outside(title, words, label, act) {
  return {
    title,
    content: h('div', { class: 'narrow' },
      h('h1', {}, title),
      h('p', { class: 'lead' }, words),
      h('button', { type: 'button', class: 'button', onclick: act }, label)),
  };
}
