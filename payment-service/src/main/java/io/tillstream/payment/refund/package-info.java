/** Giving money back. */
@NullMarked
package io.tillstream.payment.refund;

import org.jspecify.annotations.NullMarked;
