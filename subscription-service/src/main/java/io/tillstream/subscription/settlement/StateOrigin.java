package io.tillstream.subscription.settlement;

import io.tillstream.subscription.subscription.Subscription.ObjectVersion;
import org.jspecify.annotations.Nullable;

/**
 * Where news of one of Stripe's objects comes from.
 *
 * @param created Stripe's seconds of the event that told it, or because of which it was read; 0 where there is none
 * @param before what was known when Stripe began to be asked; null for what an event told by itself
 */
record StateOrigin(long created, @Nullable ObjectVersion before) {

    static StateOrigin told(long created) {
        return new StateOrigin(created, null);
    }

    static StateOrigin read(ObjectVersion before, long created) {
        return new StateOrigin(created, before);
    }

    boolean isTold() {
        return before == null;
    }
}
