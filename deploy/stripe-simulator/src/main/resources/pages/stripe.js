// Stands in for Stripe.js: the parts of it that a shop's pages use, with results and errors in its shapes.
// Card data is typed into frames of this simulator, so the page around never holds a card number.
(() => {
  'use strict';
  const BASE = new URL(document.currentScript.src).origin;
  let frames = 0;

  const problem = (type, code, message) => ({ error: { type, code, message } });
  const idOf = (secret) => secret.split('_secret_')[0];
  const pathOf = (secret) => (secret.startsWith('seti_') ? '/v1/setup_intents/' : '/v1/payment_intents/') + idOf(secret);
  const nameOf = (secret) => (secret.startsWith('seti_') ? 'setupIntent' : 'paymentIntent');

  function misuse(message) {
    const error = new Error(message);
    error.name = 'IntegrationError';
    return error;
  }

  // {a: {b: [1]}} as a[b][0]=1
  function form(params, prefix = '', into = new URLSearchParams()) {
    for (const [name, value] of Object.entries(params)) {
      const full = prefix ? `${prefix}[${name}]` : name;
      if (value === undefined || value === null) continue;
      if (typeof value === 'object') form(value, full, into);
      else into.append(full, value);
    }
    return into;
  }

  async function api(key, method, path, params) {
    const encoded = form(params).toString();
    try {
      const answer = await fetch(BASE + path + (method === 'GET' ? '?' + encoded : ''), {
        method,
        headers: { Authorization: 'Bearer ' + key, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: method === 'GET' ? undefined : encoded,
      });
      const body = await answer.json();
      return body.error ? { error: body.error } : { body };
    } catch (failure) {
      return problem('api_connection_error', undefined, 'We are experiencing issues connecting to our payments provider.');
    }
  }

  class Element {
    constructor(type, options, types) {
      this.type = type;
      this.options = options || {};
      this.types = types;
      this.listeners = {};
      this.waiting = new Map();
      this.asked = 0;
      this.loaded = new Promise((resolve) => { this.becomeReady = resolve; });
      this.receive = (event) => this.onMessage(event);
    }

    mount(target) {
      const place = typeof target === 'string' ? document.querySelector(target) : target;
      if (!place) throw misuse(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
      if (this.frame) this.unmount();
      place.classList.add('StripeElement');
      place.replaceChildren();
      this.frame = document.createElement('iframe');
      this.frame.name = '__privateStripeFrame' + ++frames;
      this.frame.title = this.type === 'payment' ? 'Secure payment input frame' : 'Secure card payment input frame';
      this.frame.style.cssText = 'border:0;width:100%;display:block;height:' + (this.type === 'payment' ? 230 : 44) + 'px';
      window.addEventListener('message', this.receive);
      Promise.resolve(this.types).then((types) => {
        const query = new URLSearchParams({ type: this.type, methods: (types || ['card']).join(',') });
        if (this.options.hidePostalCode) query.set('hidePostalCode', '1');
        this.frame.src = BASE + '/v3/frame?' + query;
      });
      place.append(this.frame);
      this.place = place;
    }

    onMessage(event) {
      if (event.origin !== BASE || !this.frame || event.source !== this.frame.contentWindow) return;
      const said = event.data;
      if (said.kind === 'ready') { this.becomeReady(); this.emit('ready', { elementType: this.type }); }
      if (said.kind === 'height') this.frame.style.height = said.height + 'px';
      if (said.kind === 'event') {
        if (said.name === 'change') this.mark(said.detail);
        this.emit(said.name, { elementType: this.type, ...said.detail });
      }
      if (said.kind === 'answer' && this.waiting.has(said.id)) {
        this.waiting.get(said.id)(said.result);
        this.waiting.delete(said.id);
      }
    }

    mark(detail) {
      this.place.classList.toggle('StripeElement--complete', detail.complete);
      this.place.classList.toggle('StripeElement--empty', detail.empty);
      this.place.classList.toggle('StripeElement--invalid', !!detail.error);
    }

    async ask(message) {
      if (!this.frame) throw misuse('We could not retrieve data from the specified Element. Please make sure the Element you are attempting to use is still mounted.');
      await this.loaded;
      const id = ++this.asked;
      const answer = new Promise((resolve) => this.waiting.set(id, resolve));
      this.frame.contentWindow.postMessage({ ...message, id }, BASE);
      return answer;
    }

    validate() { return this.ask({ kind: 'validate' }); }
    // Sends a request with what was typed added to it, under `prefix`.
    send(key, path, params, prefix) { return this.ask({ kind: 'send', key, path, params: form(params).toString(), prefix }); }
    on(name, listener) { (this.listeners[name] ||= []).push(listener); return this; }
    once(name, listener) { const one = (e) => { this.off(name, one); listener(e); }; return this.on(name, one); }
    off(name, listener) { this.listeners[name] = (this.listeners[name] || []).filter((each) => listener && each !== listener); return this; }
    emit(name, detail) { (this.listeners[name] || []).slice().forEach((listener) => listener(detail)); }
    update(options) { Object.assign(this.options, options); }
    focus() { this.ask({ kind: 'focus' }); }
    blur() { this.ask({ kind: 'blur' }); }
    clear() { this.ask({ kind: 'clear' }); }
    collapse() {}
    unmount() {
      window.removeEventListener('message', this.receive);
      if (this.frame) this.frame.remove();
      this.frame = undefined;
      this.loaded = new Promise((resolve) => { this.becomeReady = resolve; });
    }
    destroy() { this.unmount(); this.emit('destroy', {}); }
  }

  class Elements {
    constructor(stripe, options = {}) {
      this.stripe = stripe;
      this.options = options;
      this.made = {};
    }

    create(type, options) {
      if (type !== 'payment' && type !== 'card') throw misuse(`This stand-in has the elements "payment" and "card", not "${type}".`);
      if (this.made[type]) throw misuse(`Can only create one Element of type ${type}.`);
      if (type === 'payment' && !this.options.clientSecret && !this.options.mode) {
        throw misuse('In order to create a payment element, you must pass a clientSecret or mode when creating the Elements group.');
      }
      this.made[type] = new Element(type, options, type === 'payment' ? this.methods() : ['card']);
      return this.made[type];
    }

    async methods() {
      const { clientSecret, paymentMethodTypes } = this.options;
      if (!clientSecret) return paymentMethodTypes || ['card'];
      const { body } = await api(this.stripe.key, 'GET', pathOf(clientSecret), { client_secret: clientSecret });
      return body ? body.payment_method_types : ['card'];
    }

    getElement(type) { return this.made[type] || null; }
    async update(options) { Object.assign(this.options, options); }
    async fetchUpdates() { return {}; }

    async submit() {
      if (!this.made.payment) throw misuse('elements.submit() needs a mounted Payment Element.');
      const { error, type } = await this.made.payment.validate();
      return error ? { error } : { selectedPaymentMethod: type };
    }
  }

  // The bank's page over the shop's; ends when the buyer pressed a button there.
  function challenge(page, intent) {
    return new Promise((resolve) => {
      const veil = document.createElement('div');
      veil.id = 'stripe-challenge';
      veil.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:rgba(10,20,30,.6);display:flex;align-items:center;justify-content:center';
      const frame = document.createElement('iframe');
      frame.name = '__privateStripeFrame3ds' + ++frames;
      frame.title = 'Authentication';
      frame.src = page;
      frame.style.cssText = 'border:0;border-radius:8px;background:#fff;width:min(520px,95vw);height:min(460px,90vh)';
      veil.append(frame);
      document.body.append(veil);
      window.addEventListener('message', function heard(event) {
        if (event.origin !== BASE || event.data.simulator !== 'authenticated' || event.data.intent !== intent) return;
        window.removeEventListener('message', heard);
        veil.remove();
        resolve();
      });
    });
  }

  class Stripe {
    constructor(key) {
      if (typeof key !== 'string' || !key.startsWith('pk_')) throw misuse('Please call Stripe() with your publishable key. You used an empty string or a secret key.');
      this.key = key;
    }

    elements(options) { return new Elements(this, options); }

    async retrieveIntent(secret) {
      const { body, error } = await api(this.key, 'GET', pathOf(secret), { client_secret: secret });
      return error ? { error } : { [nameOf(secret)]: body };
    }

    retrievePaymentIntent(secret) { return this.retrieveIntent(secret); }
    retrieveSetupIntent(secret) { return this.retrieveIntent(secret); }

    async createPaymentMethod(options) {
      const elements = options.elements;
      const element = elements ? elements.made.payment || elements.made.card : options.card;
      const params = elements ? options.params || {} : { billing_details: options.billing_details, metadata: options.metadata };
      if (!(element instanceof Element)) {
        if (!options.card || !options.card.token) throw misuse('createPaymentMethod needs an Element.');
        const answer = await api(this.key, 'POST', '/v1/payment_methods', { ...params, type: 'card', card: options.card });
        return answer.error ? answer : { paymentMethod: answer.body };
      }
      const { body, error } = await element.send(this.key, '/v1/payment_methods', params, '');
      return error ? { error } : { paymentMethod: body };
    }

    async createToken(element, data = {}) {
      const { body, error } = await element.send(this.key, '/v1/tokens', { card: data }, 'token');
      return error ? { error } : { token: body };
    }

    // Confirms, lets the buyer authenticate, and gives the intent as it is then.
    async confirm(secret, params, element, handleActions = true) {
      const path = pathOf(secret) + '/confirm';
      const sent = { ...params, client_secret: secret, use_stripe_sdk: true };
      const { body, error } = element
        ? await element.send(this.key, path, sent, 'payment_method_data')
        : await api(this.key, 'POST', path, sent);
      if (error) return { error };
      return handleActions ? this.act(secret, body) : { [nameOf(secret)]: body };
    }

    async act(secret, intent) {
      const action = intent.next_action;
      if (intent.status !== 'requires_action' || !action) return { [nameOf(secret)]: intent };
      if (action.type === 'redirect_to_url') {
        window.location.assign(action.redirect_to_url.url);
        return new Promise(() => {});
      }
      await challenge(action.use_stripe_sdk.stripe_js, intent.id);
      const after = await this.retrieveIntent(secret);
      const seen = after[nameOf(secret)];
      if (!seen || seen.status !== 'requires_payment_method') return after;
      const refused = seen.last_payment_error || seen.last_setup_error;
      const owner = secret.startsWith('seti_') ? 'setup_intent' : 'payment_intent';
      return { error: { ...refused, [owner]: seen } };
    }

    async confirmIntent(options) {
      const { elements, confirmParams = {}, redirect = 'always' } = options;
      const secret = options.clientSecret || (elements && elements.options.clientSecret);
      if (!secret) throw misuse('You must pass a clientSecret, to elements or to this call.');
      const { return_url: back, ...params } = confirmParams;
      if (redirect === 'always' && !back) throw misuse('You must provide a return_url, or set redirect to "if_required".');
      let element = elements && elements.made.payment;
      if (params.payment_method) element = undefined;
      else if (!element) throw misuse('You must pass an elements group with a Payment Element, or a payment_method.');
      if (element) {
        const { error } = await element.validate();
        if (error) return { error };
      }
      const result = await this.confirm(secret, params, element);
      if (result.error || redirect !== 'always') return result;
      const name = secret.startsWith('seti_') ? 'setup_intent' : 'payment_intent';
      const target = new URL(back);
      target.searchParams.set(name, idOf(secret));
      target.searchParams.set(name + '_client_secret', secret);
      target.searchParams.set('redirect_status', result[nameOf(secret)].status === 'processing' ? 'pending' : 'succeeded');
      window.location.assign(target.href);
      return new Promise(() => {});
    }

    confirmPayment(options) { return this.confirmIntent(options); }
    confirmSetup(options) { return this.confirmIntent(options); }

    async confirmCard(secret, data = {}, options = {}) {
      const { payment_method: method, return_url: unused, ...params } = data;
      if (!method || typeof method === 'string') return this.confirm(secret, { ...params, payment_method: method }, undefined, options.handleActions);
      const { card, ...details } = method;
      if (card instanceof Element) return this.confirm(secret, { ...params, payment_method_data: details }, card, options.handleActions);
      return this.confirm(secret, { ...params, payment_method_data: { ...details, type: 'card', card } }, undefined, options.handleActions);
    }

    async confirmCardPayment(secret, data, options) {
      const known = await this.retrieveIntent(secret);
      const intent = known.paymentIntent;
      // Without new data, one that only waits for the buyer goes on from there.
      if (!data && intent && intent.status === 'requires_action') return this.act(secret, intent);
      return this.confirmCard(secret, data, options);
    }

    confirmCardSetup(secret, data, options) { return this.confirmCard(secret, data, options); }

    async handleNextAction({ clientSecret }) {
      const known = await this.retrieveIntent(clientSecret);
      if (known.error) return known;
      const intent = known[nameOf(clientSecret)];
      if (intent.status !== 'requires_action' && intent.status !== 'requires_confirmation') {
        throw misuse(`handleNextAction: The PaymentIntent supplied is not in the requires_action state.`);
      }
      return this.act(clientSecret, intent);
    }

    handleCardAction(secret) { return this.handleNextAction({ clientSecret: secret }); }

    async createEmbeddedCheckoutPage({ clientSecret, fetchClientSecret, onComplete }) {
      const secret = clientSecret || (await fetchClientSecret());
      const frame = document.createElement('iframe');
      frame.name = 'embedded-checkout';
      frame.title = 'Checkout';
      frame.style.cssText = 'border:0;width:100%;height:820px';
      const heard = (event) => {
        if (event.origin === BASE && event.source === frame.contentWindow && event.data.simulator === 'checkout-complete' && onComplete) onComplete();
      };
      return {
        mount(target) {
          const place = typeof target === 'string' ? document.querySelector(target) : target;
          frame.src = BASE + '/c/pay/' + idOf(secret);
          window.addEventListener('message', heard);
          place.append(frame);
        },
        unmount() { frame.remove(); window.removeEventListener('message', heard); },
        destroy() { this.unmount(); },
      };
    }

    initEmbeddedCheckout(options) { return this.createEmbeddedCheckoutPage(options); }
    registerAppInfo() {}
  }

  window.Stripe = (key, options) => new Stripe(key, options);
  window.Stripe.version = 'simulator';
})();
