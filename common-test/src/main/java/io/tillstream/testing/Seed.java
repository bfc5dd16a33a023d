package io.tillstream.testing;

import java.util.Random;

/**
 * Where all chance in tests comes from: {@code -Dseed=} repeats a run. It is printed at the start and with each failure,
 * see {@link SeedReporter}.
 */
public final class Seed {

    private static final String SETTING = System.getProperty("seed", "");

    private static final long VALUE =
            SETTING.isBlank() ? new Random().nextInt(Integer.MAX_VALUE) : Long.parseLong(SETTING);

    private Seed() {}

    public static long value() {
        return VALUE;
    }

    /** The same for the same purpose in each run of this seed, whatever ran before. */
    public static Random random(Object purpose) {
        return new Random(VALUE * 31 + String.valueOf(purpose).hashCode());
    }
}
