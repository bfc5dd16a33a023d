/** What Stripe's noes are told as. */
@NullMarked
package io.tillstream.payment.answers;

import org.jspecify.annotations.NullMarked;
