/** Outbox, inbox, parking: events that are neither lost nor applied twice. */
@NullMarked
package io.tillstream.delivery;

import org.jspecify.annotations.NullMarked;
