package io.tillstream.subscription.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A dunning policy that an operator took on.
 *
 * @param position all subscriptions up to this id have been given what it leaves them
 * @param token of the lease under which it is walked
 * @param pageSince since when those after {@code position} are given theirs; null: nobody has begun
 */
public record AdoptedPolicy(
        UUID id,
        DunningAccessPolicy policy,
        Instant startsAt,
        UUID position,
        long token,
        @Nullable Instant pageSince) {}
