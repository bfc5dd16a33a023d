package io.tillstream.subscription.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one source gives a user of one feature, or gave.
 *
 * @param source a subscription's id, or {@link #STRIPE} and the customer there
 * @param until the end of what is known to be given; null: open
 * @param changesAt when the dunning policy makes it another grade by time alone
 */
record EntitlementGrant(
        String userId,
        String source,
        String feature,
        AccessLevel grade,
        Instant since,
        @Nullable Instant until,
        @Nullable Instant changesAt) {

    /** Stripe itself says the customer has it. */
    static final String STRIPE = "stripe:";

    boolean isStripes() {
        return source.startsWith(STRIPE);
    }

    boolean isGiven() {
        return grade != AccessLevel.NONE;
    }

    /** Time alone changes nothing of what is not given. */
    EntitlementGrant settled() {
        return new EntitlementGrant(userId, source, feature, grade, since, until, null);
    }

    EntitlementGrant taken(Instant now) {
        return new EntitlementGrant(userId, source, feature, AccessLevel.NONE, since, now, null);
    }
}
