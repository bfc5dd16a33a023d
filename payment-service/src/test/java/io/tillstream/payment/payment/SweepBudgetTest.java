package io.tillstream.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** An operator sees by it why pages wait that their buyers left. */
class SweepBudgetTest {

    private static final int A_MINUTE = 60;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-11-30T12:00:00Z");
    private final InstantSource time = () -> now;
    private final SweepBudget budget =
            new SweepBudget(new SweepSettings(A_MINUTE), time.withZone(ZoneOffset.UTC), meters);

    private double shown() {
        return meters.get("tillstream.payments.sweep.budget.left").gauge().value();
    }

    /** As the sweep does, while so many are due. */
    private void rounds(int due) {
        int left = due;
        while (left > 0) {
            int taken = Math.min(left, budget.take());
            if (taken == 0) {
                return;
            }
            budget.used(taken);
            left -= taken;
        }
    }

    @Test
    void whatIsLeftIsShownAsItIsUsed() {
        assertThat(shown()).as("before the first round").isEqualTo(A_MINUTE);
        rounds(7);
        assertThat(shown()).isEqualTo(A_MINUTE - 7);
        rounds(1_000);
        assertThat(shown()).isZero();
        assertThat(budget.take()).isZero();
    }

    /** Else the alert of a budget that is used up goes on while there is a whole one, and nobody to use it. */
    @Test
    void aMinuteThatIsOverIsNotShownAnyMoreThoughNoRoundFollows() {
        rounds(1_000);
        assertThat(shown()).isZero();

        now = now.plus(Duration.ofSeconds(59));
        assertThat(shown()).as("the same minute").isZero();
        now = now.plus(Duration.ofSeconds(1));
        assertThat(shown()).as("the next").isEqualTo(A_MINUTE);
    }

    /** What a round took before the minute was over is no page of the next one. */
    @Test
    void aRoundThatEndsInTheNextMinuteTakesNothingOfIt() {
        int taken = budget.take();
        now = now.plus(Duration.ofMinutes(1));

        budget.used(taken);

        assertThat(shown()).isEqualTo(A_MINUTE);
        rounds(1_000);
        assertThat(shown()).isZero();
    }

    @Test
    void whatIsDueInManyMinutesIsNeverMoreThanTheBudgetOfEach() {
        Clock clock = time.withZone(ZoneOffset.UTC);
        for (int minute = 0; minute < 3; minute++) {
            assertThat(shown()).as(clock.instant().toString()).isEqualTo(A_MINUTE);
            rounds(1_000);
            assertThat(shown()).isZero();
            now = now.plus(Duration.ofMinutes(1));
        }
    }
}
