/** A stand-in for Stripe with faults by hand. */
@NullMarked
package io.tillstream.payment.fake;

import org.jspecify.annotations.NullMarked;
