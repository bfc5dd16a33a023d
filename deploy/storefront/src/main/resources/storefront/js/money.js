// Amounts as people write them. The API counts in the smallest unit, as Stripe does; how many digits that has is Stripe's
// word, not the browser's: https://docs.stripe.com/currencies#zero-decimal

const NONE = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ');
const THREE = 'bhd jod kwd omr tnd'.split(' ');
const WRITTEN_WITH_TWO = 'isk ugx'.split(' '); // without decimals, but counted in hundredths

function digits(currency) {
  return NONE.includes(currency) ? 0 : THREE.includes(currency) ? 3 : 2;
}

export function money({ amount, currency }, locale = navigator.language) {
  const shown = WRITTEN_WITH_TWO.includes(currency) ? 0 : digits(currency);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: shown,
    maximumFractionDigits: shown,
  }).format(amount / 10 ** digits(currency));
}

/** What a person types, as 12.50 or 12,50, in the smallest unit; NaN for what is no amount of this currency. */
export function inSmallestUnit(text, currency) {
  const typed = text.trim().replace(',', '.');
  const most = digits(currency);
  if (!new RegExp(`^\\d+${most ? `(\\.\\d{1,${most}})?` : ''}$`).test(typed)) return NaN;
  return Math.round(Number(typed) * 10 ** most);
}

export const isSame = (one, other) => one.amount === other.amount && one.currency === other.currency;

export const times = (price, quantity) => ({ ...price, amount: price.amount * quantity });

export function sum(amounts) {
  return { amount: amounts.reduce((all, one) => all + one.amount, 0), currency: amounts[0].currency };
}

export function date(text, locale = navigator.language) {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(new Date(text));
}

export function moment(text, locale = navigator.language) {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(text));
}
