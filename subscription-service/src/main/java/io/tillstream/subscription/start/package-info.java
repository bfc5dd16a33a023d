/** How a subscription begins: asked for at Stripe with a card or for the browser to pay, or on a page of Stripe's. */
@NullMarked
package io.tillstream.subscription.start;

import org.jspecify.annotations.NullMarked;
