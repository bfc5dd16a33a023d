/** What a product costs, once or by the month. */
@NullMarked
package io.tillstream.simulator.price;

import org.jspecify.annotations.NullMarked;
