/** A stateful stand-in for Stripe. */
@NullMarked
package io.tillstream.simulator;

import org.jspecify.annotations.NullMarked;
