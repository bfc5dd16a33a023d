/** Invoice items: what a customer is to be billed for with some invoice to come. */
@NullMarked
package io.tillstream.simulator.invoiceitem;

import org.jspecify.annotations.NullMarked;
