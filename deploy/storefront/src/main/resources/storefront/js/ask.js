// Asks before something that cannot be taken back: in the place of the button, so that nothing covers the page.

import { h, workButton } from './html.js';
import { problemNotice } from './words.js';

/** A button that asks `question` first; `work` runs on yes. What goes wrong is told below. */
export function askFirst(label, question, yes, work, attributes = {}) {
  const place = h('div', { class: 'stack' });
  const first = h('button', { type: 'button', class: 'button danger', ...attributes, onclick: ask }, label);
  const messages = h('div', {});

  function ask() {
    const keep = h('button', { type: 'button', class: 'button plain', onclick: () => { put(); first.focus(); } }, 'No, keep it');
    place.replaceChildren(h('p', {}, question), messages,
      h('div', { class: 'row' }, workButton(yes, run, { class: 'button danger', 'data-yes': '' }), keep));
    keep.focus();
  }

  async function run() {
    messages.replaceChildren();
    try {
      await work();
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
  }

  const put = () => place.replaceChildren(first);
  put();
  return place;
}
