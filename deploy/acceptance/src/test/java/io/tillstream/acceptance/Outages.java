package io.tillstream.acceptance;

import io.tillstream.local.Part;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Kills parts of the stack and starts them again, and knows when that was. */
final class Outages {

    private static final Map<Part, Instant> AWAY = new ConcurrentHashMap<>();
    private static final Collection<Outage> OVER = new ConcurrentLinkedQueue<>();

    private Outages() {}

    private record Outage(Instant from, Instant until) {
        /** A relay's own note may wait for the database as long as any statement, before the end and after the start. */
        boolean cutsOff(Instant sent) {
            return !sent.isBefore(from.minus(Limits.DATABASE)) && !sent.isAfter(until.plus(Limits.DATABASE));
        }
    }

    static void kill(Part part) {
        AWAY.put(part, Instant.now());
        Stack.tillstream().kill(part);
    }

    static void start(Part part) {
        Stack.tillstream().start(part);
        Instant from = AWAY.remove(part);
        if (from != null) {
            OVER.add(new Outage(from, Instant.now()));
        }
    }

    /** Whether a part was away as this was sent: whoever sent it may not have noted that, and sends it once more. */
    static boolean cutOff(Instant sent) {
        return OVER.stream().anyMatch(outage -> outage.cutsOff(sent));
    }
}
