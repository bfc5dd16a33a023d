/** Checkout Sessions, and the page on which a buyer pays them. */
@NullMarked
package io.tillstream.simulator.checkout;

import org.jspecify.annotations.NullMarked;
