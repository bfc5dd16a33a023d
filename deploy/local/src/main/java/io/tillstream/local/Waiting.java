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
        Patience left = new Patience(patience, System.nanoTime(), process.cpuNanos());
        while (!fulfilled.getAsBoolean() || !process.isAlive()) {
            if (!process.isAlive()) {
                throw new LocalFailure("it ended with exit code " + process.exitCode());
            }
            long now = System.nanoTime();
            if (left.isOver(now, process.cpuNanos())) {
                throw new LocalFailure("after " + left.seconds(now) + " s it is not so that " + wish);
            }
            pause();
        }
    }

    /** Counts the time in which a process does next to nothing; times in nanoseconds. */
    static final class Patience {

        private final long mostIdle;
        private final long began;
        private long seen;
        private long worked;
        private long idle;

        Patience(Duration mostIdle, long now, long worked) {
            this.mostIdle = mostIdle.toNanos();
            this.began = now;
            this.seen = now;
            this.worked = worked;
        }

        boolean isOver(long now, long work) {
            if ((work - worked) * WORKS < now - seen) {
                idle += now - seen;
            }
            seen = now;
            worked = work;
            return idle > mostIdle || now - began > LONGEST.toNanos();
        }

        long seconds(long now) {
            return Duration.ofNanos(now - began).toSeconds();
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
