/** Refunds. */
@NullMarked
package io.tillstream.simulator.refund;

import org.jspecify.annotations.NullMarked;
