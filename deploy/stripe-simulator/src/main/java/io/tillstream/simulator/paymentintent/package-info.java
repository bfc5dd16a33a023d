/** PaymentIntents, from creation to the money or to its refusal. */
@NullMarked
package io.tillstream.simulator.paymentintent;

import org.jspecify.annotations.NullMarked;
