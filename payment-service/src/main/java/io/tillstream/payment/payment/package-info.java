/** Taking money: the flow from a request to Stripe's answer, and asking again where the answer is missing. */
@NullMarked
package io.tillstream.payment.payment;

import org.jspecify.annotations.NullMarked;
