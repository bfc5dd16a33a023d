/** The tries to pay an order, and payment-service, which makes them. */
@NullMarked
package io.tillstream.order.payment;

import org.jspecify.annotations.NullMarked;
