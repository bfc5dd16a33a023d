package io.tillstream.chaos;

import io.tillstream.chaos.client.Stripe;
import io.tillstream.chaos.load.Load;
import io.tillstream.chaos.plan.Operation;
import io.tillstream.chaos.plan.Step;

/**
 * The first requests to a service take longest, on a busy machine longer than anybody waits: nothing is broken before the first
 * order has come to Stripe, or there would be no money to lose.
 */
final class WarmUp {
    private static final int MOST = 20;

    private WarmUp() {}

    /** Orders by card, one after the other, until Stripe knows one. */
    static void run(long seed, int users, Load load, Stripe stripe) {
        for (int number = 1; number <= MOST && isNew(stripe); number++) {
            load.runNow(new Step(number, 0, Operation.CARD, number % users, seed + number));
        }
    }

    private static boolean isNew(Stripe stripe) {
        return stripe.read("/v1/payment_intents?limit=1").path("data").isEmpty();
    }
}
