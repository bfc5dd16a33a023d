/** The dashboard as an operator uses it. */
@NullMarked
package io.tillstream.simulator.dashboard;

import org.jspecify.annotations.NullMarked;
