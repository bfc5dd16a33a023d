/** Plans for subscriptions, as a shop makes them. */
@NullMarked
package io.tillstream.simulator.schedule;

import org.jspecify.annotations.NullMarked;
