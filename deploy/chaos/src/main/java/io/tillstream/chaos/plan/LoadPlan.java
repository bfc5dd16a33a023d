package io.tillstream.chaos.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What is done in each round, by the seed alone. */
public final class LoadPlan {
    private static final long ROUND = 0x5DEECE66DL; // keeps the numbers of neighboring rounds apart

    private LoadPlan() {}

    /**
     * The steps of a round, in the order of their time.
     *
     * @param users how many there are
     * @param perSecond how many steps begin in a second
     */
    public static List<Step> of(long seed, int round, long millis, int users, double perSecond) {
        Random random = new Random(seed * 31 + round * ROUND);
        List<Operation> weighted = Operation.weighted();
        List<Step> steps = new ArrayList<>();
        int count = (int) (millis * perSecond / 1000);
        for (int i = 0; i < count; i++) {
            long at = (long) ((i + random.nextDouble()) * 1000 / perSecond);
            Operation operation = weighted.get(random.nextInt(weighted.size()));
            steps.add(new Step(round * 10_000 + i, at, operation, random.nextInt(users), random.nextLong()));
        }
        return steps;
    }
}
