/** How much less is taken. */
@NullMarked
package io.tillstream.simulator.coupon;

import org.jspecify.annotations.NullMarked;
