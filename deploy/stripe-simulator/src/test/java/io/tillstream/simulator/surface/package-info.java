/** Whether the request surface is stripe-java's. */
@NullMarked
package io.tillstream.simulator.surface;

import org.jspecify.annotations.NullMarked;
