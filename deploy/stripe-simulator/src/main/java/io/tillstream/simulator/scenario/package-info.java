/** What buyers, banks and card networks do, by hand. */
@NullMarked
package io.tillstream.simulator.scenario;

import org.jspecify.annotations.NullMarked;
