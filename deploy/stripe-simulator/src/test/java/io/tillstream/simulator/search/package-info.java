@NullMarked
package io.tillstream.simulator.search;

import org.jspecify.annotations.NullMarked;
