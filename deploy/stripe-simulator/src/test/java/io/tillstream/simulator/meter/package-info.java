@NullMarked
package io.tillstream.simulator.meter;

import org.jspecify.annotations.NullMarked;
