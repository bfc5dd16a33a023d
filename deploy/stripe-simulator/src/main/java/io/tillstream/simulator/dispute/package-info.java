/** Disputes and early fraud warnings. */
@NullMarked
package io.tillstream.simulator.dispute;

import org.jspecify.annotations.NullMarked;
