package io.tillstream.chaos.fault;

import io.tillstream.chaos.machine.Instance;
import io.tillstream.chaos.machine.Machine;

/**
 * One fault of the plan.
 *
 * @param target what it hits; empty if there is no choice
 * @param atMillis when it begins, from the beginning of its round
 * @param lastsMillis how long until it is mended
 */
public record PlannedFault(FaultKind kind, String target, long atMillis, long lastsMillis) {
    /** For people, for example {@code kill payment-service}. */
    public String label() {
        return target.isEmpty() ? kind.label() : kind.label() + " " + target;
    }

    /**
     * Whether a relay may stop between Kafka's acknowledgement and its own note of it. One that is told to stop finishes
     * its round before.
     */
    public boolean mayStopRelay() {
        return switch (kind) {
            case KAFKA_KILL, KAFKA_RESTART, KAFKA_PAUSE, POSTGRES_KILL, POSTGRES_RESTART -> true;
            case KILL, PAUSE, DATABASE_CUT ->
                Machine.DATABASES.containsKey(Instance.labeled(target).part());
            default -> false;
        };
    }
}
