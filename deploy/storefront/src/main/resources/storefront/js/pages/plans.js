import { list } from '../api.js';
import { fragment, h, notice } from '../html.js';
import { money } from '../money.js';
import { featureWords, priceIn, rhythm } from '../plan-words.js';

const RHYTHMS = { month: 'Monthly', year: 'Yearly', week: 'Weekly', day: 'Daily' };

export async function page({ query, signal }) {
  const plans = (await list('/api/plans', 200, { signal })).filter((plan) => plan.active);
  if (!plans.length) return { title: 'Plans', content: fragment(h('h1', {}, 'Plans'), notice('', 'There are no plans right now.')) };
  const intervals = ['month', 'year', 'week', 'day'].filter((each) => plans.some((plan) => plan.interval === each));
  const currencies = [...new Set(plans.flatMap((plan) => plan.prices.map((price) => price.currency)))];
  const chosen = { interval: intervals[0], currency: currencies.includes(query.get('currency')) ? query.get('currency') : currencies[0] };
  const cards = h('div', { class: 'plans' });
  const draw = () => cards.replaceChildren(...plans.filter((plan) => plan.interval === chosen.interval)
    .filter((plan) => plan.prices.some((price) => price.currency === chosen.currency))
    .sort((a, b) => priceIn(a, chosen.currency).amount - priceIn(b, chosen.currency).amount)
    .map((plan) => card(plan, chosen.currency)));
  draw();
  return {
    title: 'Plans',
    content: fragment(
      h('h1', {}, 'The reading room'),
      h('p', { class: 'lead' }, 'Read all our books on a screen. Change or end it whenever you like.'),
      h('div', { class: 'row choices' },
        select('How often', 'interval', intervals.map((one) => [one, RHYTHMS[one] || one]), chosen, draw),
        select('Currency', 'currency', currencies.map((one) => [one, one.toUpperCase()]), chosen, draw)),
      cards),
  };
}

function select(label, name, options, chosen, draw) {
  const input = h('select', { id: `choose-${name}`, onchange: () => { chosen[name] = input.value; draw(); } },
    options.map(([value, words]) => h('option', { value, selected: value === chosen[name] }, words)));
  return h('div', { class: 'field' }, h('label', { for: `choose-${name}` }, label), input);
}

function card(plan, currency) {
  return h('section', { class: 'card plan', 'aria-label': plan.name },
    h('h2', {}, plan.name),
    h('p', { class: 'quiet' }, plan.description),
    h('p', {}, h('span', { class: 'price number' }, money(priceIn(plan, currency))), ` ${rhythm(plan)}${plan.perSeat ? ' per seat' : ''}`),
    plan.trialDays ? h('p', {}, h('span', { class: 'tag good' }, `${plan.trialDays} days free`)) : null,
    h('ul', { class: 'ticks' }, plan.features.map((feature) => h('li', {}, featureWords(feature)))),
    h('a', { class: 'button wide', href: `/plans/${plan.id}?currency=${currency}`, 'aria-label': `Choose ${plan.name}, ${rhythm(plan)}` }, 'Choose'));
}
