package io.tillstream.chaos;

import io.tillstream.chaos.check.observation.Expectations;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When the faults of a run were over. */
final class RunFaults {
    private @Nullable Instant ended;

    /** Some begin: until {@link #ended}, nobody knows when the last one is over. */
    void begin() {
        ended = null;
    }

    /** Nothing is broken any more. */
    void ended(Instant at) {
        ended = at;
    }

    Expectations in(Expectations expected) {
        Instant last = ended;
        return last == null ? expected : expected.withFaultsEnded(last);
    }
}
