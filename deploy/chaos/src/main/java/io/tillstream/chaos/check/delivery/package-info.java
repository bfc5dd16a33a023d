/** Moves, domain events, webhooks, and that nothing is left to do. */
@NullMarked
package io.tillstream.chaos.check.delivery;

import org.jspecify.annotations.NullMarked;
