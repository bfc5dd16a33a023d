/** Balance and balance transactions. */
@NullMarked
package io.tillstream.simulator.balance;

import org.jspecify.annotations.NullMarked;
