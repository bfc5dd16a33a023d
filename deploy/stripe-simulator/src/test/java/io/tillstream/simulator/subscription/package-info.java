/** Subscriptions through the clock and stripe-java. */
@NullMarked
package io.tillstream.simulator.subscription;

import org.jspecify.annotations.NullMarked;
