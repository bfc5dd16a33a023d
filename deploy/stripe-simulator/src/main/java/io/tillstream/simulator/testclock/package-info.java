/** Stripe's test clocks: customers whose subscriptions live in a time of their own. */
@NullMarked
package io.tillstream.simulator.testclock;

import org.jspecify.annotations.NullMarked;
