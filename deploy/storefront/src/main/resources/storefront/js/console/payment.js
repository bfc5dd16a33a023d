import { get } from '../api.js';
import { fragment, h } from '../html.js';
import { moment, money } from '../money.js';
import { code, facts, orderLink, status, table, userLink } from './parts.js';

export async function page({ params, signal }) {
  const { payment, refunds, timeline } = await get(`/api/admin/payments/${encodeURIComponent(params.id)}`, { signal });
  const { failure } = payment;
  return {
    title: 'Payment',
    content: fragment(
      h('h1', {}, `Payment of ${money(payment)}`),
      h('div', { class: 'stack' },
        h('section', { class: 'card' }, facts([
          ['Status', status(payment.status)], ['Id', code(payment.id)], ['Order', orderLink(payment.orderId)], ['User', userLink(payment.userId)],
          ['Method', payment.method.replaceAll('_', ' ')], ['Intent', code(payment.stripePaymentIntentId)],
          ['Checkout Session', code(payment.stripeCheckoutSessionId)],
          ['Failed', failure && `${failure.declineCode || failure.code}: ${failure.message}`],
          ['Goes back', payment.surplus && `as it is ${payment.surplus}`], ['Made', moment(payment.createdAt)],
        ])),
        h('section', { class: 'card' }, table('Refunds', [['Amount', 'number'], ['Status'], ['Why'], ['Made']],
          refunds.map((one) => [money(one), status(one.status), (one.reason || '–').replaceAll('_', ' '), moment(one.createdAt)]))),
        h('section', { class: 'card' }, table('Timeline', [['When'], ['From'], ['To'], ['By'],],
          timeline.map((one) => [moment(one.at), one.from ? status(one.from) : '–', status(one.to), code(one.cause)]))))),
  };
}
