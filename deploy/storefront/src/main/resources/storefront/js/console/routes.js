// The console's pages: what each address shows, to operators only.

import { forOperators } from './operators.js';

const page = (load) => async () => ({ page: forOperators(load) });

export const PAGES = [
  ['/console', page(() => import('./now.js'))],
  ['/console/search', page(() => import('./search.js'))],
  ['/console/events', page(() => import('./events.js'))],
  ['/console/orders/:id', page(() => import('./order.js'))],
  ['/console/payments/:id', page(() => import('./payment.js'))],
  ['/console/subscriptions/:id', page(() => import('./subscription.js'))],
];
