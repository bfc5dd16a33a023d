/** How sweeps that ask Stripe go on until nothing is due. */
@NullMarked
package io.tillstream.subscription.sweep;

import org.jspecify.annotations.NullMarked;
