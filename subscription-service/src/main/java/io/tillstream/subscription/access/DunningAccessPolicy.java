package io.tillstream.subscription.access;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a user may still use while payment is owed, by how long it has been. Data: see {@code dunning.yaml}. */
public final class DunningAccessPolicy {

    /**
     * From when on which grade.
     *
     * @param after counted from the moment since when the state lasts
     */
    public record Step(Duration after, AccessLevel grade) {}

    /**
     * What is left at a moment.
     *
     * @param changesAt when it becomes another grade by time alone; null: never
     * @param blockedAt when it becomes none; null: never
     */
    public record DunningState(
            AccessLevel grade,
            @Nullable Instant changesAt,
            @Nullable Instant blockedAt) {}

    private final Map<PaymentProblem, List<Step>> steps;

    DunningAccessPolicy(Map<PaymentProblem, List<Step>> steps) {
        this.steps = new EnumMap<>(steps);
    }

    /** The grade at {@code now} of a state that lasts since {@code since}, and when the next comes. */
    public DunningState gradeAt(PaymentProblem state, Instant since, Instant now) {
        List<Step> all = Objects.requireNonNull(steps.get(state));
        AccessLevel grade = all.get(0).grade(); // also where clocks differ and since is ahead of now
        Instant changesAt = null;
        Instant blockedAt = null;
        for (Step step : all) {
            Instant from = since.plus(step.after());
            if (!from.isAfter(now)) {
                grade = step.grade();
            } else if (changesAt == null && step.grade() != grade) {
                changesAt = from;
            }
            if (blockedAt == null && step.grade() == AccessLevel.NONE) {
                blockedAt = from;
            }
        }
        return new DunningState(grade, changesAt, blockedAt);
    }
}
