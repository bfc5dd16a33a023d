/** Credit notes: what is taken off an invoice after it was finalized. */
@NullMarked
package io.tillstream.simulator.creditnote;

import org.jspecify.annotations.NullMarked;
