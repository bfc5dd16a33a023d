// A plan's price and rhythm in words.

import { money } from './money.js';

export function rhythm({ interval, intervalCount }) {
  return intervalCount === 1 ? `a ${interval}` : `every ${intervalCount} ${interval}s`;
}

export const priceIn = (plan, currency) => plan.prices.find((price) => price.currency === currency) || plan.prices[0];

export function priceWords(plan, currency) {
  return `${money(priceIn(plan, currency))} ${rhythm(plan)}${plan.perSeat ? ' per seat' : ''}`;
}

export const featureWords = (feature) => feature.charAt(0).toUpperCase() + feature.slice(1).replaceAll('-', ' ');

/** When it is to end, whoever arranged that, and however; null while it goes on. */
export const endsAt = (one) => one.cancelAt || (one.cancelAtPeriodEnd && one.currentPeriodEnd) || null;
