package io.tillstream.local;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits for a part to be ready, and gives up early when its process has ended. On a slow machine a start takes long, so
 * only the time counts in which its process does nothing.
 */
final class Waiting {
    private static final long STEP_MILLIS = 100;
    private static final int WORKS = 50; // a start takes more than a fiftieth of a core, what hangs takes less
    static final Duration LONGEST = Duration.ofMinutes(15); // nobody waits for longer, whatever it is busy with

    private Waiting() {}

    static void until(String wish, Duration patience, BooleanSupplier fulfilled, ChildProcess process) {
        long began = System.nanoTime();
        long seen = began;
        long worked = process.cpuNanos();
        long idle = 0;
        while (!fulfilled.getAsBoolean() || !process.isAlive()) {
            if (!process.isAlive()) {
                throw new LocalFailure("it ended with exit code " + process.exitCode());
            }
            long now = System.nanoTime();
            long work = process.cpuNanos();
            if ((work - worked) * WORKS < now - seen) {
                idle += now - seen;
            }
            seen = now;
            worked = work;
            if (idle > patience.toNanos() || now - began > LONGEST.toNanos()) {
                throw new LocalFailure(
                        "after " + Duration.ofNanos(now - began).toSeconds() + " s it is not so that " + wish);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(STEP_MILLIS);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", cause);
        }
    }
}
