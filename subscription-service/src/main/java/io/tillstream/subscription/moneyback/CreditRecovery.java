package io.tillstream.subscription.moneyback;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Credit of a subscription's customer that is to be taken back.
 *
 * @param target how much of it
 * @param taken how much of it is taken
 * @param move what Stripe is being asked for: above zero it is taken, below given again; null: nothing yet
 * @param moves how many are over
 */
record CreditRecovery(
        UUID subscriptionId,
        String customerId,
        String currency,
        long target,
        long taken,
        @Nullable Long move,
        int moves) {

    long open() {
        return target - taken;
    }

    /** The same move is the same request for Stripe, however often it is asked. */
    String key() {
        return subscriptionId + ":" + moves;
    }

    CreditRecovery moving(long amount) {
        return new CreditRecovery(subscriptionId, customerId, currency, target, taken, amount, moves);
    }
}
