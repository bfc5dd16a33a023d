/** Stripe's search: objects found by a query in its own language. */
@NullMarked
package io.tillstream.simulator.search;

import org.jspecify.annotations.NullMarked;
