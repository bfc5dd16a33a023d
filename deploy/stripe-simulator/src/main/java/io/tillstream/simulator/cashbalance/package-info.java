/** Money that customers sent by bank transfer, and the payments that take it. */
@NullMarked
package io.tillstream.simulator.cashbalance;

import org.jspecify.annotations.NullMarked;
