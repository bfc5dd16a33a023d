/** What a part of a billing period is worth: calendar and arithmetic, nothing else. */
@NullMarked
package io.tillstream.simulator.proration;

import org.jspecify.annotations.NullMarked;
