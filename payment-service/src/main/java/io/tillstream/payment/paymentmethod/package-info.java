/** Saving, choosing, changing and removing cards. */
@NullMarked
package io.tillstream.payment.paymentmethod;

import org.jspecify.annotations.NullMarked;
