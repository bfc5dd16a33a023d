/** Webhooks as they arrive. */
@NullMarked
package io.tillstream.simulator.webhook;

import org.jspecify.annotations.NullMarked;
