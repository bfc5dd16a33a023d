package io.tillstream.benchmark.measure;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** Waits for what has to come. */
public final class Until {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final long LOOK_AGAIN_MILLIS = 50; // little beside a round, and little work

    private Until() {}

    /**
     * Returns when what is there is what has to be.
     *
     * @param counts what is there now, by name
     * @param wanted how it has to be in the end
     */
    public static void equal(Supplier<Map<String, Long>> counts, Map<String, Long> wanted) {
        long end = System.nanoTime() + LONGEST.toNanos();
        for (Map<String, Long> now = counts.get(); !now.equals(wanted); now = counts.get()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("after " + LONGEST + " there are " + now + " instead of " + wanted);
            }
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException cause) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(cause);
            }
        }
    }
}
