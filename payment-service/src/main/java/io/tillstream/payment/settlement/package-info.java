/** Payments take the state that Stripe says they have. */
@NullMarked
package io.tillstream.payment.settlement;

import org.jspecify.annotations.NullMarked;
