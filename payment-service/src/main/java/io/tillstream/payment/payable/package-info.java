/** What is owed for one reference, and every attempt to pay it. */
@NullMarked
package io.tillstream.payment.payable;

import org.jspecify.annotations.NullMarked;
