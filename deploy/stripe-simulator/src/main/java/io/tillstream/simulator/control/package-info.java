/** The simulator's own switches, which Stripe does not have. */
@NullMarked
package io.tillstream.simulator.control;

import org.jspecify.annotations.NullMarked;
