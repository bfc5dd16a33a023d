/** Pages for people, and what Stripe.js is to a browser. */
@NullMarked
package io.tillstream.simulator.page;

import org.jspecify.annotations.NullMarked;
