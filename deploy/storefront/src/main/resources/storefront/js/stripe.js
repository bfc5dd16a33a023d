// Stripe.js, from the address that the API names; it is never part of this shop's own files.

import { config } from './config.js';

let loading;

export function stripe() {
  loading ??= load().catch((failure) => {
    loading = undefined;
    throw failure;
  });
  return loading;
}

async function load() {
  const { stripeJsUrl, publishableKey } = await config();
  await new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = stripeJsUrl;
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      reject(new Error('The card form cannot be loaded. Is something blocking it?'));
    };
    document.head.append(script);
  });
  return window.Stripe(publishableKey);
}
