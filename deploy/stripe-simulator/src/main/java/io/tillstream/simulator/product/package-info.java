/** What is sold. */
@NullMarked
package io.tillstream.simulator.product;

import org.jspecify.annotations.NullMarked;
