/** The checker: after a run it holds what is stored and told against Stripe's own state, and names every breach. */
@NullMarked
package io.tillstream.chaos.check;

import org.jspecify.annotations.NullMarked;
