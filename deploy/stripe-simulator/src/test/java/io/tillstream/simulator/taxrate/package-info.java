@NullMarked
package io.tillstream.simulator.taxrate;

import org.jspecify.annotations.NullMarked;
