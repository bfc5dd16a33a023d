/** Payment methods, the test cards and accounts behind them, and card tokens. */
@NullMarked
package io.tillstream.simulator.paymentmethod;

import org.jspecify.annotations.NullMarked;
