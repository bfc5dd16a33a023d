package io.tillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.chaos.check.observation.Expectations;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RunFaultsTest {
    private final RunFaults faults = new RunFaults();

    private Expectations expected() {
        return faults.in(Expectations.none());
    }

    @Test
    void howLongItTookToRecoverIsAskedFromTheEndOfTheLastFault() {
        Instant first = Instant.parse("2026-05-04T10:00:00Z");
        faults.begin();
        faults.ended(first);
        faults.begin();
        faults.ended(first.plusSeconds(15));

        assertThat(expected().faultsEnded()).isEqualTo(first.plusSeconds(15));
    }

    @Test
    void whileSomethingIsBrokenItIsNotAsked() {
        faults.begin();
        faults.ended(Instant.parse("2026-05-04T10:00:00Z"));
        faults.begin();

        assertThat(expected().faultsEnded()).isNull();
    }
}
