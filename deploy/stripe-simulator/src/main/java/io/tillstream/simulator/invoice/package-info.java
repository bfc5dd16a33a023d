/** Invoices: what is billed, and how it is collected. */
@NullMarked
package io.tillstream.simulator.invoice;

import org.jspecify.annotations.NullMarked;
