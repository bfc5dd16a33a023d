@NullMarked
package io.tillstream.simulator.quote;

import org.jspecify.annotations.NullMarked;
