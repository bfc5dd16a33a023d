/** Checkout Sessions on return, and sessions that save a card. */
@NullMarked
package io.tillstream.payment.checkout;

import org.jspecify.annotations.NullMarked;
