package io.tillstream.local;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for a part to be ready, and gives up early when its process has ended. */
final class Waiting {
    private static final long STEP_MILLIS = 100;

    private Waiting() {}

    static void until(String wish, Duration patience, BooleanSupplier fulfilled, ChildProcess process) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!fulfilled.getAsBoolean() || !process.isAlive()) {
            if (!process.isAlive()) {
                throw new LocalFailure("it ended with exit code " + process.exitCode());
            }
            if (System.nanoTime() > deadline) {
                throw new LocalFailure("after " + patience.toSeconds() + " s it is not so that " + wish);
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
