package io.tillstream.simulator.event;

import org.jspecify.annotations.Nullable;

/** The request that made something happen; nothing in it if Stripe did so by itself. */
public record Origin(@Nullable String requestId, @Nullable String idempotencyKey) {
    public static final Origin ITSELF = new Origin(null, null);
}
