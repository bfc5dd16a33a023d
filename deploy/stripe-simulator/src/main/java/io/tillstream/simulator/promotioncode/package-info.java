/** Codes that buyers type to get a coupon. */
@NullMarked
package io.tillstream.simulator.promotioncode;

import org.jspecify.annotations.NullMarked;
