/** Billing meters: what customers used, counted from events, and billed when a period is over. */
@NullMarked
package io.tillstream.simulator.meter;

import org.jspecify.annotations.NullMarked;
