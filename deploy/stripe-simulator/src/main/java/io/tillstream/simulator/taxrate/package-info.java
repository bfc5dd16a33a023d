/** Tax rates that a shop sets itself. */
@NullMarked
package io.tillstream.simulator.taxrate;

import org.jspecify.annotations.NullMarked;
