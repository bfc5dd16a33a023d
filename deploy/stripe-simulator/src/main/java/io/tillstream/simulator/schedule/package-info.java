/** Plans for how subscriptions change. */
@NullMarked
package io.tillstream.simulator.schedule;

import org.jspecify.annotations.NullMarked;
