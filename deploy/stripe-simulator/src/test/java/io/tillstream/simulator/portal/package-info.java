/** The portal as a customer uses it. */
@NullMarked
package io.tillstream.simulator.portal;

import org.jspecify.annotations.NullMarked;
