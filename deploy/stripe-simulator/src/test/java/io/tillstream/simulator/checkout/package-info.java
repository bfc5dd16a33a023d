/** Checkout as a shop and a buyer see it. */
@NullMarked
package io.tillstream.simulator.checkout;

import org.jspecify.annotations.NullMarked;
