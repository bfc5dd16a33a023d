/** What needs the inside of the frame. */
@NullMarked
package io.tillstream.simulator.api;

import org.jspecify.annotations.NullMarked;
