/** SetupIntents: a payment method made ready for later. */
@NullMarked
package io.tillstream.simulator.setupintent;

import org.jspecify.annotations.NullMarked;
