/** What a customer may do because of what they subscribe to. */
@NullMarked
package io.tillstream.simulator.feature;

import org.jspecify.annotations.NullMarked;
