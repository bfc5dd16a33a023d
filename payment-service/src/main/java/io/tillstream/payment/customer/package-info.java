/** Users as customers at Stripe: one each, made at the first need. */
@NullMarked
package io.tillstream.payment.customer;

import org.jspecify.annotations.NullMarked;
