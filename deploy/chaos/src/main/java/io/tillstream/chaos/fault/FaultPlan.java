package io.tillstream.chaos.fault;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * What is broken in each round, by the seed alone. Kinds come like cards of a shuffled deck: each once before any comes
 * again. One round in three breaks two things at once.
 */
public final class FaultPlan {
    private static final int TWO_AT_ONCE_OF = 3;
    private static final long FIRST_AT = 2_000; // so that there is something in flight
    private static final int TAIL = 1_500; // how long the load may go on after the end of a fault
    private static final long SHORTEST = 1_000;
    private static final long LONGEST = 8_000; // longer than a lease lives and a request to the database waits

    private final Random random;
    private final List<FaultKind> kinds;
    private final boolean doubled;
    private final long roundMillis;
    private final Deque<FaultKind> deck = new ArrayDeque<>();

    /**
     * Begins at the first round.
     *
     * @param kinds which may come
     * @param doubled whether second instances run
     */
    public FaultPlan(long seed, List<FaultKind> kinds, boolean doubled, long roundMillis) {
        this.random = new Random(seed ^ 0x7A05); // another sequence than that of the load
        this.doubled = doubled;
        this.roundMillis = roundMillis;
        this.kinds =
                kinds.stream().filter(kind -> !kind.targets(doubled).isEmpty()).toList();
    }

    /** Those of the next round, in the order of their time. */
    public List<PlannedFault> nextRound() {
        int count = random.nextInt(TWO_AT_ONCE_OF) == 0 && kinds.size() > 1 ? 2 : 1;
        List<PlannedFault> faults = new ArrayList<>();
        for (int i = 0; i < count && !kinds.isEmpty(); i++) {
            FaultKind kind = nextKind();
            List<String> targets = kind.targets(doubled);
            String target = targets.get(random.nextInt(targets.size()));
            long lasts = SHORTEST + random.nextInt((int) (LONGEST - SHORTEST));
            long at = Math.max(FIRST_AT, roundMillis - lasts - random.nextInt(TAIL));
            faults.add(new PlannedFault(kind, target, at, lasts));
        }
        faults.sort(Comparator.comparingLong(PlannedFault::atMillis));
        return faults;
    }

    private FaultKind nextKind() {
        if (deck.isEmpty()) {
            List<FaultKind> shuffled = new ArrayList<>(kinds);
            Collections.shuffle(shuffled, random);
            deck.addAll(shuffled);
        }
        return deck.removeFirst();
    }
}
