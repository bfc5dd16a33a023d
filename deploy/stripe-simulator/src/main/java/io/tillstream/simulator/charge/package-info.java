/** Charges: one for each try to take money. */
@NullMarked
package io.tillstream.simulator.charge;

import org.jspecify.annotations.NullMarked;
