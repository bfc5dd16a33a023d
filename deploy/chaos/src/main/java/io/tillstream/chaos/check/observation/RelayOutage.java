package io.tillstream.chaos.check.observation;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * A time in which the relays of some services may have stopped between Kafka's acknowledgement and their own note of it.
 *
 * @param from when it was broken
 * @param until when it was mended
 */
public record RelayOutage(Set<Service> services, Instant from, Instant until) {
    /** What is sent is noted within this, unless somebody stops it: a round with Kafka and the database at their slowest. */
    static final Duration ROUND = Duration.ofSeconds(10);

    /** What is left of an outage when its cause is over: connections and leases that end, a broker that finds itself. */
    static final Duration AFTERMATH = Duration.ofSeconds(20);

    boolean covers(Service service, Instant published) {
        return services.contains(service)
                && published.isAfter(from.minus(ROUND))
                && published.isBefore(until.plus(AFTERMATH));
    }
}
