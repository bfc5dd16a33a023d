/** Quotes: an offer to a customer that becomes a subscription or an invoice when it is accepted. */
@NullMarked
package io.tillstream.simulator.quote;

import org.jspecify.annotations.NullMarked;
