/** The one account that is simulated. */
@NullMarked
package io.tillstream.simulator.account;

import org.jspecify.annotations.NullMarked;
