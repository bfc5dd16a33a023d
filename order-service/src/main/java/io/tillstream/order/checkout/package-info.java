/** What buyers and operators do with orders: place, pay, cancel, refund. */
@NullMarked
package io.tillstream.order.checkout;

import org.jspecify.annotations.NullMarked;
