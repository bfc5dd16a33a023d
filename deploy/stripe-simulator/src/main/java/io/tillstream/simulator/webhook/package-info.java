/** Webhook endpoints, and how events get there: signed, tried again, and made to go wrong on request. */
@NullMarked
package io.tillstream.simulator.webhook;

import org.jspecify.annotations.NullMarked;
