package io.tillstream.chaos.plan;

import java.util.Random;
import java.util.UUID;

/**
 * One operation of the plan.
 *
 * @param number counts through the whole run
 * @param atMillis when, from the beginning of its round
 * @param user which of the users
 * @param seed of all that is chosen in it
 */
public record Step(int number, long atMillis, Operation operation, int user, long seed) {
    /** Begins anew at each call: all that a step chooses follows from the seed of the run. */
    public Random random() {
        return new Random(seed);
    }

    /**
     * Whether it is done alone, when nothing is in flight. Stripe forgets idempotency keys by its clock: a request whose retry
     * comes a day later, as the clock was moved in between, is made twice.
     */
    public boolean isAlone() {
        return operation == Operation.TIME_PASSES;
    }

    /** An idempotency key of this step; the same again for the same name. */
    public String key(String name) {
        return new UUID(seed, name.hashCode()).toString();
    }
}
