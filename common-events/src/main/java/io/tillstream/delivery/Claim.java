package io.tillstream.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one instance took to work on; to the others it is not due.
 *
 * @param taken in the order to work in
 * @param until the database's time at which it is due again for all, unless {@link ClaimHeartbeat} renews it
 */
record Claim<T>(List<T> taken, Instant until) {

    /** Of the rows of one statement, which all have the same end. */
    static <T> Claim<T> of(List<Map.Entry<T, Instant>> rows) {
        return new Claim<>(
                rows.stream().map(Map.Entry::getKey).toList(),
                rows.isEmpty() ? Instant.EPOCH : rows.get(0).getValue());
    }

    boolean isEmpty() {
        return taken.isEmpty();
    }
}
