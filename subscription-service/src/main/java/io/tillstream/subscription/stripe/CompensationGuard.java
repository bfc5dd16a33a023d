package io.tillstream.subscription.stripe;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Who has the first word about something that was begun: its caller, who is told that it goes on, or the work, which takes
 * it back as if it had never been. What was told stays.
 */
public final class CompensationGuard {

    private final AtomicBoolean spoken = new AtomicBoolean();

    /** The caller is told: from here on it is not taken back. */
    public void told() {
        spoken.set(true);
    }

    /** Whether nobody was told, and nobody will be. */
    public boolean takesBack() {
        return spoken.compareAndSet(false, true);
    }
}
