/** How an order takes the state that Stripe says it has. */
@NullMarked
package io.tillstream.order.settlement;

import org.jspecify.annotations.NullMarked;
