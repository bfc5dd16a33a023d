package io.tillstream.chaos;

import io.tillstream.chaos.check.observation.Expectations;
import io.tillstream.chaos.fault.PlannedFault;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the checker has to know of the faults of a run. */
final class RunFaults {
    private boolean relayMayHaveStopped;
    private @Nullable Instant ended;

    /** These begin: until {@link #ended}, nobody knows when the last one is over. */
    void begin(List<PlannedFault> faults) {
        relayMayHaveStopped |= faults.stream().anyMatch(PlannedFault::mayStopRelay);
        ended = null;
    }

    /** Nothing is broken any more. */
    void ended(Instant at) {
        ended = at;
    }

    Expectations in(Expectations expected) {
        Expectations known = relayMayHaveStopped ? expected.withRelaysThatDied() : expected;
        Instant last = ended;
        return last == null ? known : known.withFaultsEnded(last);
    }
}
