@NullMarked
package io.tillstream.simulator.testclock;

import org.jspecify.annotations.NullMarked;
