/** Customers. */
@NullMarked
package io.tillstream.simulator.customer;

import org.jspecify.annotations.NullMarked;
