/** What Stripe's API takes: every operation with its parameters and their types, as stripe-java has them. */
@NullMarked
package io.tillstream.simulator.surface;

import org.jspecify.annotations.NullMarked;
