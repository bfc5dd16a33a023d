package io.tillstream.acceptance;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** What all that is random in a run comes from: another at each run, printed, and the same again with -Dseed. */
final class Seed {
    private static final int MOST = 1_000_000; // short enough to type
    private static final long VALUE =
            Long.getLong("seed", ThreadLocalRandom.current().nextInt(MOST));

    static {
        System.out.println("Seed " + VALUE + ": -Dseed=" + VALUE + " shuffles the same again");
    }

    private Seed() {}

    /** A stream of its own for each purpose: what one test draws leaves the others' alone. */
    static Random random(String purpose) {
        return new Random(VALUE * 31 + purpose.hashCode());
    }
}
