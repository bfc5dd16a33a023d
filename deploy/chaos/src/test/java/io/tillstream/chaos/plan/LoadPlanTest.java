package io.tillstream.chaos.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadPlanTest {
    private static final int USERS = 4;

    private static List<Step> plan(long seed, int round) {
        return LoadPlan.of(seed, round, 15_000, USERS, 4);
    }

    @Test
    void theSameSeedPlansTheSameAndAnotherSeedOrRoundSomethingElse() {
        assertThat(plan(1, 3)).isEqualTo(plan(1, 3)).hasSize(60);
        assertThat(plan(1, 3)).isNotEqualTo(plan(2, 3)).isNotEqualTo(plan(1, 4));
    }

    @Test
    void whatAStepChoosesFollowsFromTheSeed() {
        Step step = plan(1, 1).get(0);
        Step again = plan(1, 1).get(0);

        assertThat(step.random().nextLong()).isEqualTo(again.random().nextLong());
        assertThat(step.key("order")).isEqualTo(again.key("order")).isNotEqualTo(step.key("pay"));
    }

    @Test
    void stepsComeInTheOrderOfTheirTimeByAllUsers() {
        List<Step> steps = plan(7, 1);

        assertThat(steps).isSortedAccordingTo(Comparator.comparingLong(Step::atMillis));
        assertThat(steps).extracting(Step::user).contains(0, 1, 2, 3);
    }

    /** Of two requests with one key, before and after it, Stripe would know the first no more. */
    @Test
    void whatMovesTheClockIsDoneAlone() {
        assertThat(plan(1, 1))
                .allSatisfy(step -> assertThat(step.isAlone()).isEqualTo(step.operation() == Operation.TIME_PASSES));
    }

    @Test
    void everyOperationComes() {
        Set<Operation> seen = new HashSet<>();
        for (int round = 1; round <= 20; round++) {
            plan(1, round).forEach(step -> seen.add(step.operation()));
        }

        assertThat(seen).containsExactlyInAnyOrder(Operation.values());
    }

    @Test
    void noKeyComesTwiceInARun() {
        Set<String> keys = new HashSet<>();
        for (int round = 1; round <= 20; round++) {
            plan(1, round)
                    .forEach(step -> assertThat(keys.add(step.key("order"))).isTrue());
        }
    }
}
