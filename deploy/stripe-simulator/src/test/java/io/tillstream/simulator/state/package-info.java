/** What needs the inside of the stores. */
@NullMarked
package io.tillstream.simulator.state;

import org.jspecify.annotations.NullMarked;
