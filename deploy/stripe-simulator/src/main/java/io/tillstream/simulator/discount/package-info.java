/** Coupons in use: on a subscription or an invoice, until they end. */
@NullMarked
package io.tillstream.simulator.discount;

import org.jspecify.annotations.NullMarked;
