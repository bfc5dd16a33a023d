/** What happened, as Stripe tells it. */
@NullMarked
package io.tillstream.simulator.event;

import org.jspecify.annotations.NullMarked;
