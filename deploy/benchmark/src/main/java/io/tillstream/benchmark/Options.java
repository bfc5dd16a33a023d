package io.tillstream.benchmark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What {@code ./benchmark} was asked for.
 *
 * @param scenarios what to measure, in this order
 * @param orders how many orders a round has
 * @param warmUpRounds the most, if they do not agree before
 * @param peers whether others are measured beside
 * @param profiles whether each service records what it does, for JDK Mission Control
 */
record Options(List<Scenario> scenarios, int orders, int warmUpRounds, boolean peers, boolean profiles) {
    private static final int ORDERS = 400; // a round of some 10 s on two cores
    private static final int WARM_UP_ROUNDS = 15;

    static Options read(String... arguments) {
        List<Scenario> scenarios = new ArrayList<>();
        int orders = ORDERS;
        int rounds = WARM_UP_ROUNDS;
        boolean peers = true;
        boolean profiles = false;
        Deque<String> rest = new ArrayDeque<>(Arrays.asList(arguments));
        while (!rest.isEmpty()) {
            String next = rest.removeFirst();
            switch (next) {
                case "--orders" -> orders = number(next, rest);
                case "--warm-up" -> rounds = number(next, rest);
                case "--without-peers" -> peers = false;
                case "--profile" -> profiles = true;
                default -> scenarios.add(Scenario.named(next));
            }
        }
        return new Options(
                scenarios.isEmpty() ? List.of(Scenario.values()) : List.copyOf(scenarios),
                orders,
                rounds,
                peers,
                profiles);
    }

    private static int number(String option, Deque<String> rest) {
        String said = rest.isEmpty() ? "" : rest.removeFirst();
        if (!said.matches("[1-9][0-9]{0,6}")) {
            throw new IllegalArgumentException(option + " takes a number, not '" + said + "'; see ./benchmark --help");
        }
        return Integer.parseInt(said);
    }
}
