/** What the simulator knows, and the one line of time on which it changes. */
@NullMarked
package io.tillstream.simulator.state;

import org.jspecify.annotations.NullMarked;
