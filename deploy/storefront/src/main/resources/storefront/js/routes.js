// The shop's pages: what each address shows.

export const PAGES = [
  ['/', () => import('./pages/shop.js')],
  ['/cart', () => import('./pages/cart.js')],
  ['/checkout', () => import('./pages/checkout.js')],
  ['/callback', () => import('./pages/callback.js')],
  ['/orders', () => import('./pages/orders.js')],
  ['/orders/:id', () => import('./pages/order.js')],
  ['/paid', () => import('./pages/paid.js')],
  ['/canceled', () => import('./pages/canceled.js')],
  ['/cards', () => import('./pages/cards.js')],
  ['/plans', () => import('./pages/plans.js')],
  ['/plans/:id', () => import('./pages/subscribe.js')],
  ['/subscriptions', () => import('./pages/subscriptions.js')],
  ['/subscriptions/:id', () => import('./pages/subscription.js')],
  ['/invoices', () => import('./pages/invoices.js')],
  ['/account', () => import('./pages/account.js')],
];
