package io.tillstream.subscription.policy;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A preview as it stands in its table.
 *
 * @param policy as JSON
 * @param at the moment at which the two policies are compared
 * @param lookedAt how many subscriptions have been
 * @param position all up to this one
 * @param computedAt null: it is not done yet
 * @param startsAt from when on the policy counts; null: it was not taken on
 * @param behind how many could not be given yet what it leaves them, once it was taken on
 * @param token of the lease under which it is computed
 */
record PolicyPreview(
        UUID id,
        String policy,
        Instant at,
        long lookedAt,
        UUID position,
        @Nullable Instant computedAt,
        @Nullable Instant startsAt,
        @Nullable Instant walkedAt,
        long behind,
        long token,
        Instant createdAt) {

    boolean isComputed() {
        return computedAt != null;
    }

    /** How far it is, in one word. */
    Status status(Instant now) {
        if (startsAt != null) {
            boolean allHaveIt = walkedAt != null && behind == 0;
            return startsAt.isAfter(now) ? Status.SCHEDULED : allHaveIt ? Status.ADOPTED : Status.STARTING;
        }
        return isComputed() ? Status.COMPUTED : Status.COMPUTING;
    }

    /** The words. */
    enum Status {
        COMPUTING,
        COMPUTED,
        SCHEDULED,
        STARTING,
        ADOPTED
    }
}
