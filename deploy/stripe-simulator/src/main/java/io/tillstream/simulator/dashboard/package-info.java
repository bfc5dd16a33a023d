/** What an operator does at Stripe's dashboard, and what a card network does by itself. */
@NullMarked
package io.tillstream.simulator.dashboard;

import org.jspecify.annotations.NullMarked;
