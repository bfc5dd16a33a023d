/** Subscriptions: what a customer pays for again and again, from the first invoice to the last. */
@NullMarked
package io.tillstream.simulator.subscription;

import org.jspecify.annotations.NullMarked;
