/** Who a user is at Stripe. */
@NullMarked
package io.tillstream.subscription.customer;

import org.jspecify.annotations.NullMarked;
