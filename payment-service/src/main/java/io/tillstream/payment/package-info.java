/** Customers, payables, payments, refunds and disputes. */
@NullMarked
package io.tillstream.payment;

import org.jspecify.annotations.NullMarked;
