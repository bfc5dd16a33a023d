// Where Stripe's form stands. It is made when its place is in the page, not before, and ends when that is taken out.

import { h } from './html.js';

class StripePlace extends HTMLElement {
  hold(element) {
    this.element = element;
    if (this.isConnected) element.mount(this);
    return this;
  }

  connectedCallback() {
    this.element?.mount(this);
  }

  disconnectedCallback() {
    this.element?.destroy();
    this.element = null;
  }
}

customElements.define('stripe-place', StripePlace);

export const stripePlace = (element) => h('stripe-place', { class: 'stripe-place' }).hold(element);
