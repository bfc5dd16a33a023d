package io.tillstream.subscription.access;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one policy leaves of a subscription and another does not.
 *
 * @param at when they first leave it something else
 * @param features that it gives or would give
 */
public record AccessDifference(Granted before, Granted after, Instant at, List<String> features) {

    /**
     * What one of them gives at the moment of comparing.
     *
     * @param until the end of what is known to be given
     */
    public record Granted(AccessLevel grade, @Nullable Instant until) {}
}
