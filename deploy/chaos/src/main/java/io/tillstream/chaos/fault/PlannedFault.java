package io.tillstream.chaos.fault;

import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.machine.Instance;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

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
     * The services whose relay may stop between Kafka's acknowledgement and its own note of it. One that is told to stop
     * finishes its round before.
     */
    public Set<Service> stoppedRelays() {
        return switch (kind) {
            case KAFKA_KILL, KAFKA_RESTART, KAFKA_PAUSE, POSTGRES_KILL, POSTGRES_RESTART -> Set.of(Service.values());
            case KILL, PAUSE, DATABASE_CUT -> {
                String part = Instance.labeled(target).part().label();
                yield Arrays.stream(Service.values())
                        .filter(service -> service.group().equals(part))
                        .collect(Collectors.toUnmodifiableSet());
            }
            default -> Set.of();
        };
    }
}
