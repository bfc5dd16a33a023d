package io.tillstream.acceptance;

import io.tillstream.local.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Kills parts of the stack and starts them again, and knows when that was. */
final class Outages {

    private static final Map<Part, Instant> AWAY = new ConcurrentHashMap<>();
    private static final Collection<Outage> OVER = new ConcurrentLinkedQueue<>();

    /** How long a relay that was cut off may have had an event on its way without a note of it, on a busy machine. */
    private static final Duration NOTED_WITHIN = Duration.ofSeconds(20);

    /** How long after the start the next one may send what has no note: a lease has to end, and the machine is busy. */
    private static final Duration SENT_AGAIN_WITHIN = Duration.ofSeconds(30);

    private Outages() {}

    /** Whose relays stop with a part: of what all relays need each, of a service its own. */
    private static final Map<Part, String> TOPICS = Map.of(
            Part.ORDER_SERVICE, Topic.ORDERS,
            Part.PAYMENT_SERVICE, Topic.PAYMENTS,
            Part.SUBSCRIPTION_SERVICE, Topic.SUBSCRIPTIONS);

    private static final Set<Part> NEEDED_BY_ALL = Set.of(Part.KAFKA, Part.POSTGRESQL);

    private record Outage(Part part, Instant from, Instant until) {
        boolean cutsOff(String topic, Instant sent) {
            return (NEEDED_BY_ALL.contains(part) || topic.equals(TOPICS.get(part))) && cutsOff(sent);
        }

        /** A relay's own note may wait for the database as long as any statement, before the end and after the start. */
        private boolean cutsOff(Instant sent) {
            return !sent.isBefore(from.minus(NOTED_WITHIN)) && !sent.isAfter(until.plus(SENT_AGAIN_WITHIN));
        }
    }

    /** As {@code ./run} would: it is asked to end. */
    static void restart(Part part) {
        AWAY.put(part, Instant.now());
        Stack.tillstream().stop(part);
        start(part);
    }

    static void kill(Part part) {
        AWAY.put(part, Instant.now());
        Stack.tillstream().kill(part);
    }

    static void start(Part part) {
        Stack.tillstream().start(part);
        Instant from = AWAY.remove(part);
        if (from != null) {
            OVER.add(new Outage(part, from, Instant.now()));
        }
    }

    /** Whether the relay of a topic was away as this was sent: it may not have noted that, and sends it once more. */
    static boolean cutOff(String topic, Instant sent) {
        return OVER.stream().anyMatch(outage -> outage.cutsOff(topic, sent));
    }
}
