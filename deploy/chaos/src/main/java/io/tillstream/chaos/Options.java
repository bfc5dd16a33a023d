package io.tillstream.chaos;

import io.tillstream.chaos.fault.FaultKind;
import io.tillstream.chaos.fault.ShortPlan;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What {@code ./chaos} was asked for.
 *
 * @param seed of all that is chosen
 * @param time how long rounds begin
 * @param faults which may come
 * @param keep whether databases and topics stay when there was no breach
 * @param doubled whether two instances of each consumer run
 * @param settled within which all has to settle after a fault
 * @param shortened whether it is the one round of {@link ShortPlan}
 */
record Options(
        long seed,
        Duration time,
        List<FaultKind> faults,
        boolean keep,
        boolean doubled,
        Duration settled,
        boolean shortened) {
    private static final Duration SETTLED = Duration.ofSeconds(60); // L1
    private static final Duration EVER_SETTLED =
            Duration.ofMinutes(15); // a machine may be any; how long it took is told

    /** What each test run of the project has. */
    static Options shortened(long seed) {
        return new Options(seed, Duration.ZERO, ShortPlan.KINDS, false, false, EVER_SETTLED, true);
    }

    static Options read(String... arguments) {
        long seed = 1;
        Duration time = Duration.ofMinutes(3);
        List<FaultKind> faults = List.of(FaultKind.values());
        boolean keep = false;
        boolean doubled = true;
        Deque<String> rest = new ArrayDeque<>(Arrays.asList(arguments));
        while (!rest.isEmpty()) {
            String next = rest.removeFirst();
            switch (next) {
                case "--seed" -> seed = number(next, rest);
                case "--minutes" -> time = Duration.ofMinutes(number(next, rest));
                case "--faults" -> faults = faults(value(next, rest));
                case "--keep" -> keep = true;
                case "--one-instance" -> doubled = false;
                default -> throw new IllegalArgumentException("unknown option " + next + "; see ./chaos --help");
            }
        }
        return new Options(seed, time, faults, keep, doubled, SETTLED, false);
    }

    private static List<FaultKind> faults(String names) {
        return names.equals("none")
                ? List.of()
                : Arrays.stream(names.split(",", -1))
                        .map(name -> FaultKind.labeled(name.strip()))
                        .distinct()
                        .toList();
    }

    private static long number(String option, Deque<String> rest) {
        String said = value(option, rest);
        if (!said.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(option + " takes a number, not '" + said + "'; see ./chaos --help");
        }
        return Long.parseLong(said);
    }

    private static String value(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value; see ./chaos --help");
        }
        return rest.removeFirst();
    }
}
