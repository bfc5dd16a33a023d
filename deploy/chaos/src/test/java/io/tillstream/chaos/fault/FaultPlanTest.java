package io.tillstream.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    private static final long ROUND = 15_000;

    private static List<List<PlannedFault>> rounds(long seed, boolean doubled, FaultKind... kinds) {
        FaultPlan plan = new FaultPlan(seed, List.of(kinds), doubled, ROUND);
        List<List<PlannedFault>> rounds = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rounds.add(plan.nextRound());
        }
        return rounds;
    }

    @Test
    void theSameSeedBreaksTheSameAndAnotherSeedSomethingElse() {
        assertThat(rounds(5, true, FaultKind.values())).isEqualTo(rounds(5, true, FaultKind.values()));
        assertThat(rounds(5, true, FaultKind.values())).isNotEqualTo(rounds(6, true, FaultKind.values()));
    }

    @Test
    void everyKindComesBeforeAnyComesAgain() {
        List<FaultKind> kinds = rounds(9, true, FaultKind.values()).stream()
                .flatMap(List::stream)
                .map(PlannedFault::kind)
                .limit(FaultKind.values().length)
                .toList();

        assertThat(kinds).containsExactlyInAnyOrder(FaultKind.values());
    }

    @Test
    void nothingThatDoesNotRunIsHit() {
        assertThat(rounds(3, false, FaultKind.values()).stream().flatMap(List::stream))
                .noneMatch(fault -> fault.target().endsWith("-2"))
                .noneMatch(fault -> fault.kind() == FaultKind.REBALANCE);
    }

    @Test
    void onlyWhatWasAskedForComesAndItsEndIsWithinTheRound() {
        assertThat(rounds(8, true, FaultKind.POISON, FaultKind.KILL).stream().flatMap(List::stream))
                .allMatch(fault -> fault.kind() == FaultKind.POISON || fault.kind() == FaultKind.KILL)
                .allMatch(fault -> fault.atMillis() + fault.lastsMillis() <= ROUND);
    }

    @Test
    void withoutAnyKindNothingBreaks() {
        assertThat(rounds(8, true)).allMatch(List::isEmpty);
    }
}
