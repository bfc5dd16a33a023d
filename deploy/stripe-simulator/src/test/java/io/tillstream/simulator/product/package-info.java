/** The catalog as a shop keeps it. */
@NullMarked
package io.tillstream.simulator.product;

import org.jspecify.annotations.NullMarked;
