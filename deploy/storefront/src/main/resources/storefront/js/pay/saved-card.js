// A card that was saved before: chosen already, so that "Pay" is the one click.

import { list } from '../api.js';
import { pay } from '../purchase.js';
import { follow } from './outcome.js';

export const expiry = (card) => `${String(card.expMonth).padStart(2, '0')}/${card.expYear}`;

export async function savedCards({ signal }) {
  const cards = await list('/api/payment-methods', 100, { signal });
  cards.sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  return cards.map((card) => ({
    id: card.id,
    label: card.displayName,
    hint: `Saved card, expires ${expiry(card)}`,
    open: async () => ({
      pay: async (order) => follow(order, await pay(order.id, { method: 'saved_card', paymentMethodId: card.id })),
    }),
  }));
}
