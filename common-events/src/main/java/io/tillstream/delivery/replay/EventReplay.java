package io.tillstream.delivery.replay;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A replay as it stands in its table.
 *
 * @param events how many were meant when it was asked for
 * @param position all up to this number of the outbox is on Kafka
 * @param last the number at which it ends
 * @param token of the lease under which it is worked on
 */
record EventReplay(
        UUID id,
        String consumer,
        EventSelection selection,
        Status status,
        @Nullable String why,
        long events,
        long sent,
        long position,
        long last,
        long token,
        Instant createdAt,
        Instant updatedAt) {

    /** How far it is. */
    enum Status {
        RUNNING,
        DONE,
        FAILED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The topic's name without the prefix of the environment. */
    static String topic(String consumer) {
        return "replay." + consumer;
    }
}
