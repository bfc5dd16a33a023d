// The inside of an Element's frame: the only place where a card number is typed.
(() => {
  'use strict';
  const query = new URLSearchParams(location.search);
  const type = query.get('type');
  const methods = (query.get('methods') || 'card').split(',');
  const field = (name) => document.querySelector(`[data-field="${name}"]`);
  const digits = (name) => (field(name) ? field(name).value.replace(/\D/g, '') : '');
  const say = (message) => parent.postMessage(message, '*');
  let last = '';

  const chosen = () => {
    const radio = document.querySelector('[name="method"]:checked');
    return radio ? radio.value : 'card';
  };

  function brandOf(number) {
    if (/^4/.test(number)) return 'visa';
    if (/^(5[1-5]|2[2-7])/.test(number)) return 'mastercard';
    if (/^3[47]/.test(number)) return 'amex';
    if (/^(6011|65|64[4-9])/.test(number)) return 'discover';
    return number ? 'unknown' : 'unknown';
  }

  function luhn(number) {
    let sum = 0;
    for (let i = 0; i < number.length; i++) {
      let digit = +number[number.length - 1 - i];
      if (i % 2) { digit *= 2; if (digit > 9) digit -= 9; }
      sum += digit;
    }
    return sum % 10 === 0;
  }

  const wrong = (code, message) => ({ type: 'validation_error', code, message });

  function check() {
    if (chosen() !== 'card') return undefined;
    const number = digits('number');
    const length = brandOf(number) === 'amex' ? 15 : 16;
    if (number.length < Math.min(length, 14)) return wrong('incomplete_number', 'Your card number is incomplete.');
    if (!luhn(number)) return number.length < length ? wrong('incomplete_number', 'Your card number is incomplete.') : wrong('invalid_number', 'Your card number is invalid.');
    const expiry = digits('expiry');
    if (expiry.length < 4) return wrong('incomplete_expiry', "Your card's expiration date is incomplete.");
    const month = +expiry.slice(0, 2);
    const year = 2000 + +expiry.slice(-2);
    const now = new Date();
    if (month < 1 || month > 12) return wrong('invalid_expiry_month', "Your card's expiration month is invalid.");
    if (year < now.getFullYear()) return wrong('invalid_expiry_year_past', "Your card's expiration year is in the past.");
    if (year === now.getFullYear() && month <= now.getMonth()) return wrong('invalid_expiry_month_past', "Your card's expiration date is in the past.");
    if (digits('cvc').length < (brandOf(number) === 'amex' ? 4 : 3)) return wrong('incomplete_cvc', "Your card's security code is incomplete.");
    return undefined;
  }

  // While somebody still types, an incomplete field is no error yet.
  function changed() {
    const error = check();
    const typed = digits('number') + digits('expiry') + digits('cvc');
    const detail = {
      empty: !typed && chosen() === 'card',
      complete: !error,
      error: error && !error.code.startsWith('incomplete') ? error : undefined,
      brand: brandOf(digits('number')),
      value: type === 'payment' ? { type: chosen() } : { postalCode: field('postal') ? field('postal').value : '' },
    };
    if (type === 'payment') { detail.collapsed = false; delete detail.brand; }
    const text = JSON.stringify(detail);
    if (text !== last) say({ kind: 'event', name: 'change', detail });
    last = text;
    show(detail.error);
  }

  function show(error) {
    const place = document.querySelector('#error');
    if (place) place.textContent = error ? error.message : '';
    measure();
  }

  function measure() {
    say({ kind: 'height', height: Math.ceil(document.querySelector('#fields').getBoundingClientRect().height) + 4 });
  }

  function arrange(event) {
    const input = event.target;
    const plain = input.value.replace(/\D/g, '');
    if (input.dataset.field === 'number') input.value = plain.slice(0, 19).replace(/(\d{4})(?=\d)/g, '$1 ');
    if (input.dataset.field === 'expiry') {
      const four = (plain.length === 1 && plain > 1 ? '0' + plain : plain).slice(0, 4);
      input.value = four.length > 2 ? four.slice(0, 2) + ' / ' + four.slice(2) : four;
    }
    if (input.dataset.field === 'cvc') input.value = plain.slice(0, 4);
    changed();
  }

  function typedInto(params, prefix) {
    const put = (name, value) => {
      if (!value) return;
      const [first, ...rest] = name.split('.');
      const steps = prefix && prefix !== 'token' ? [prefix, first, ...rest] : [first, ...rest];
      params.append(steps[0] + steps.slice(1).map((step) => `[${step}]`).join(''), value);
    };
    const expiry = digits('expiry');
    if (prefix !== 'token') put('type', chosen());
    if (chosen() === 'card') {
      put('card.number', digits('number'));
      put('card.exp_month', expiry.slice(0, 2));
      put('card.exp_year', expiry.slice(2));
      put('card.cvc', digits('cvc'));
      const postal = field('postal') ? field('postal').value : '';
      put(prefix === 'token' ? 'card.address_zip' : 'billing_details.address.postal_code', postal);
      return;
    }
    if (chosen() === 'us_bank_account') {
      put('us_bank_account.account_number', '000123456789');
      put('us_bank_account.routing_number', '110000000');
      put('us_bank_account.account_holder_type', 'individual');
      put('billing_details.name', 'Jenny Rosen');
    } else {
      put('sepa_debit.iban', 'AT611904300234573201');
      put('billing_details.name', 'Jenny Rosen');
      put('billing_details.email', 'jenny@example.com');
    }
  }

  async function send({ key, path, params, prefix }) {
    const error = check();
    if (error) { show(error); return { error }; }
    const form = new URLSearchParams(params);
    const given = new Set(form.keys());
    const typed = new URLSearchParams();
    typedInto(typed, prefix);
    typed.forEach((value, name) => { if (!given.has(name)) form.append(name, value); });
    try {
      const answer = await fetch(path, {
        method: 'POST',
        headers: { Authorization: 'Bearer ' + key, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      });
      const body = await answer.json();
      return body.error ? { error: body.error } : { body };
    } catch (failure) {
      return { error: { type: 'api_connection_error', message: 'We are experiencing issues connecting to our payments provider.' } };
    }
  }

  window.addEventListener('message', async (event) => {
    if (event.source !== parent) return;
    const { kind, id } = event.data;
    let result = {};
    if (kind === 'send') result = await send(event.data);
    if (kind === 'validate') { const error = check(); show(error); result = { error, type: chosen() }; }
    if (kind === 'focus') field('number').focus();
    if (kind === 'blur' && document.activeElement) document.activeElement.blur();
    if (kind === 'clear') { document.querySelectorAll('input[data-field]').forEach((input) => { input.value = ''; }); changed(); }
    say({ kind: 'answer', id, result });
  });

  document.body.className = type;
  const choice = document.querySelector('#choice');
  if (type !== 'payment' || methods.length < 2) choice.remove();
  else {
    const names = { card: 'Card', us_bank_account: 'US bank account', sepa_debit: 'SEPA direct debit' };
    methods.forEach((method, i) => {
      const label = document.createElement('label');
      label.innerHTML = `<input type="radio" name="method" value="${method}" ${i ? '' : 'checked'}> `;
      label.append(names[method] || method);
      choice.append(label);
    });
    choice.addEventListener('change', () => {
      document.querySelector('#card').hidden = chosen() !== 'card';
      changed();
      measure();
    });
    document.querySelector('#card').hidden = chosen() !== 'card';
  }
  if (query.get('hidePostalCode')) field('postal').closest('label').remove();
  if (type === 'card') {
    const names = { number: 'cardnumber', expiry: 'exp-date', cvc: 'cvc', postal: 'postal' };
    Object.entries(names).forEach(([name, real]) => { if (field(name)) field(name).name = real; });
  }
  document.querySelectorAll('input[data-field]').forEach((input) => {
    input.addEventListener('input', arrange);
    input.addEventListener('focus', () => say({ kind: 'event', name: 'focus', detail: {} }));
    input.addEventListener('blur', () => say({ kind: 'event', name: 'blur', detail: {} }));
  });
  measure();
  say({ kind: 'ready' });
})();
