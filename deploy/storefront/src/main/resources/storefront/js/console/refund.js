// Gives money back, all or part of what is left.

import { announce } from '../announce.js';
import { post } from '../api.js';
import { busy, field, h, notice } from '../html.js';
import { once } from '../keys.js';
import { inSmallestUnit, money } from '../money.js';
import { problemNotice } from '../words.js';

const REASONS = [['requested_by_customer', 'The customer asked for it'], ['duplicate', 'Paid twice'], ['fraudulent', 'Fraud']];

/** path: where it is asked for; name: of the wish, so that one press is one refund; done: shows what came of it. */
export function refundForm(path, name, left, done) {
  const messages = h('div', { id: 'refund-messages' });
  const button = h('button', { type: 'submit', class: 'button danger', id: 'refund' }, 'Refund');
  const form = h('form', { onsubmit: send },
    field(`Amount in ${left.currency.toUpperCase()}, at most ${money(left)}; all of it if left empty`, 'amount', { inputmode: 'decimal', autocomplete: 'off' }),
    h('div', { class: 'field' }, h('label', { for: 'field-reason' }, 'Why'),
      h('select', { id: 'field-reason', name: 'reason' }, REASONS.map(([value, words]) => h('option', { value }, words)))),
    messages, button);

  async function send(event) {
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    const data = new FormData(form);
    const amount = data.get('amount').trim() ? inSmallestUnit(data.get('amount'), left.currency) : undefined;
    if (Number.isNaN(amount) || amount <= 0) {
      messages.replaceChildren(notice('bad', null, h('p', {}, 'This is no amount.')));
      return;
    }
    busy(button, true, 'Refunding');
    messages.replaceChildren();
    try {
      const refund = await once(name, { amount, reason: data.get('reason'), left: left.amount },
        (key) => post(path, { amount, reason: data.get('reason') }, { key }));
      const said = `Refund of ${money(refund.amount || left)}: ${refund.status.replaceAll('_', ' ')}.`;
      messages.replaceChildren(notice('good', said));
      announce(said);
      await done();
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
    busy(button, false);
  }

  return h('section', { class: 'card' }, h('h2', {}, 'Give money back'), form);
}
