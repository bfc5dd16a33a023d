import { h, notice } from '../html.js';
import { go } from '../router.js';
import { finishSignIn, signIn } from '../session.js';

/** Where the identity provider sends the user back to. */
export async function page() {
  let returnTo;
  try {
    returnTo = await finishSignIn();
  } catch (failure) {
    return {
      title: 'Not signed in',
      content: h('div', { class: 'narrow' },
        h('h1', {}, 'You are not signed in'),
        notice('bad', null, h('p', {}, words(failure))),
        h('button', { class: 'button', type: 'button', onclick: () => signIn('/') }, 'Try again')),
    };
  }
  queueMicrotask(() => go(returnTo === '/callback' ? '/' : returnTo, { replace: true }));
  return { title: 'Signed in', content: h('h1', {}, 'You are signed in') };
}

function words(failure) {
  if (failure.error === 'access_denied') return 'The sign-in was canceled.';
  return `The sign-in did not work: ${failure.message}`;
}
