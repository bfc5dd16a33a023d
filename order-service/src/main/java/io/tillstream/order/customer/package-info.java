/** What a customer's leaving means for their orders. */
@NullMarked
package io.tillstream.order.customer;

import org.jspecify.annotations.NullMarked;
