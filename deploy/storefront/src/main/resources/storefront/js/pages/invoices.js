import { get, post } from '../api.js';
import { fragment, h, workButton } from '../html.js';
import { once } from '../keys.js';
import { date, money } from '../money.js';
import { confirmForm } from '../pay/confirm-form.js';
import { show, signInFirst } from '../router.js';
import { user } from '../session.js';
import { invoiceTag, problemNotice, underWayNotice } from '../words.js';

export async function page({ signal }) {
  const title = 'Your invoices';
  if (!user()) return { title, content: signInFirst(title) };
  const items = h('ul', { class: 'lines' });
  const more = workButton('Show older ones', () => next(), { class: 'button plain' });
  let cursor = null;

  async function next() {
    const shown = await get(`/api/invoices?limit=20${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal });
    items.append(...shown.data.map((bill) => invoiceRow(bill, () => show(), 'h2')));
    cursor = shown.nextCursor;
    more.hidden = !cursor;
    return shown.data.length;
  }

  const many = await next();
  return {
    title,
    content: fragment(h('h1', {}, title),
      many ? h('div', { class: 'card' }, items, more)
        : fragment(h('p', { class: 'lead' }, 'There are none yet.'), h('a', { class: 'button', href: '/plans' }, 'Look at the plans'))),
  };
}

/** `paid` is called when an open one was paid here. */
export function invoiceRow(bill, paid, heading = 'h3') {
  const links = [
    bill.pdfUrl && h('a', { href: bill.pdfUrl, target: '_blank', rel: 'noopener' }, 'PDF (new tab)'),
    bill.hostedUrl && h('a', { href: bill.hostedUrl, target: '_blank', rel: 'noopener' }, 'On Stripe’s page (new tab)'),
  ];
  return h('li', {},
    h('div', { class: 'grow' },
      h(heading, {}, bill.number || 'Invoice'),
      h('p', { class: 'quiet small' }, date(bill.createdAt), bill.amountRefunded.amount ? `, ${money(bill.amountRefunded)} refunded` : ''),
      h('p', { class: 'row small' }, links),
      bill.status === 'open' ? payNow(bill, paid) : null),
    invoiceTag(bill.status),
    h('span', { class: 'number' }, money(bill.total)));
}

function payNow(bill, paid) {
  const place = h('div', {});
  const messages = h('div', {});
  const button = workButton(`Pay ${money(bill.amountRemaining)}`, async () => {
    messages.replaceChildren();
    try {
      const now = await once(`tillstream.invoice.${bill.id}`, {}, (key) => post(`/api/invoices/${bill.id}/pay`, {}, { key }));
      if (now.clientSecret) await confirmForm(place, now, `/subscriptions/${bill.subscriptionId}`, `Pay ${money(bill.amountRemaining)}`);
      else if (now.status === 'paid') await paid('The invoice is paid.');
      else messages.replaceChildren(underWayNotice('The payment is under way', () => show()));
    } catch (failure) {
      messages.replaceChildren(problemNotice(failure));
    }
  });
  return h('div', { class: 'stack' }, messages, place, button);
}
