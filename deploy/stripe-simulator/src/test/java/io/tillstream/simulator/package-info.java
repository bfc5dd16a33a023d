/** Stripe's own client against the running simulator. */
@NullMarked
package io.tillstream.simulator;

import org.jspecify.annotations.NullMarked;
