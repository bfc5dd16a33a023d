package io.tillstream.benchmark.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Rounds until the last three agree: a JVM compiles for minutes, and what is measured before is the compiler.
 *
 * @param rates of each round, in the order in which they came
 * @param agreed false if the bound was reached first: then the figures are those of a system that still gets quicker, or of a
 *     machine that does other things too
 */
public record WarmUp(List<Double> rates, boolean agreed) {
    private static final int ROUNDS = 3;
    private static final double WITHIN = 0.05;

    public static WarmUp until(DoubleSupplier round, int mostRounds) {
        List<Double> rates = new ArrayList<>();
        while (rates.size() < mostRounds && !agree(rates)) {
            rates.add(round.getAsDouble());
        }
        return new WarmUp(List.copyOf(rates), agree(rates));
    }

    private static boolean agree(List<Double> rates) {
        if (rates.size() < ROUNDS) {
            return false;
        }
        List<Double> last = rates.subList(rates.size() - ROUNDS, rates.size());
        double most = last.stream().mapToDouble(rate -> rate).max().orElseThrow();
        double least = last.stream().mapToDouble(rate -> rate).min().orElseThrow();
        return least >= most * (1 - WITHIN);
    }
}
