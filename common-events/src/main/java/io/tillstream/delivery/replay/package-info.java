/** Published events once more, for one consumer, from the outbox's history. Read {@code EventReplayRelay} first. */
@NullMarked
package io.tillstream.delivery.replay;

import org.jspecify.annotations.NullMarked;
