// Where the books go. What is typed is kept for the length of the tab, so that a sign-in or a reload does not lose it.

import { field, h } from './html.js';

const NAME = 'tillstream.address';
const COUNTRIES = ('AT AU BE BG BR CA CH CY CZ DE DK EE ES FI FR GB GR HK HR HU IE IN IS IT JP KR LI LT LU LV MT MX MY NL NO '
  + 'NZ PL PT RO SE SG SI SK TH TR US ZA').split(' ');

export function addressForm(kept = JSON.parse(sessionStorage.getItem(NAME) || '{}'), who = null) {
  const form = h('form', { id: 'address', class: 'fields', autocomplete: 'on' },
    field('Full name', 'name', { autocomplete: 'name', required: true, maxlength: 200, value: kept.name || who?.name }, 'whole'),
    field('Street and number', 'line1', { autocomplete: 'address-line1', required: true, maxlength: 200, value: kept.line1 }, 'whole'),
    field('Flat, floor (optional)', 'line2', { autocomplete: 'address-line2', maxlength: 200, value: kept.line2 }, 'whole'),
    field('City', 'city', { autocomplete: 'address-level2', required: true, maxlength: 100, value: kept.city }),
    field('Postal code', 'postalCode', { autocomplete: 'postal-code', maxlength: 20, value: kept.postalCode }),
    field('State or region (optional)', 'state', { autocomplete: 'address-level1', maxlength: 100, value: kept.state }),
    country(kept.country || regionOf(navigator.language) || 'US'));
  form.addEventListener('input', () => sessionStorage.setItem(NAME, JSON.stringify(addressOf(form))));
  form.addEventListener('submit', (event) => event.preventDefault());
  return form;
}

/** As the API takes it: what is empty is left out. */
export function addressOf(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
}

function regionOf(locale) {
  const region = new Intl.Locale(locale).maximize().region;
  return COUNTRIES.includes(region) ? region : null;
}

function country(chosen) {
  const names = new Intl.DisplayNames([navigator.language, 'en'], { type: 'region' });
  const options = COUNTRIES.map((code) => [code, names.of(code)]).sort((a, b) => a[1].localeCompare(b[1]));
  return h('div', { class: 'field' },
    h('label', { for: 'field-country' }, 'Country'),
    h('select', { id: 'field-country', name: 'country', autocomplete: 'country' },
      options.map(([code, name]) => h('option', { value: code, selected: code === chosen }, name))));
}
