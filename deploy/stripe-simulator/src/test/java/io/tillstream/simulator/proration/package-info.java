/** Periods and their parts, by Stripe's documented examples. */
@NullMarked
package io.tillstream.simulator.proration;

import org.jspecify.annotations.NullMarked;
