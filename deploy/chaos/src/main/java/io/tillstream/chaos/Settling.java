package io.tillstream.chaos;

import io.tillstream.chaos.check.Checker;
import io.tillstream.chaos.check.Evidence;
import io.tillstream.chaos.load.RunLog;
import io.tillstream.chaos.machine.ConsumerLag;
import io.tillstream.chaos.machine.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Waits until nothing is on its way any more, at Stripe and here. */
final class Settling {
    private static final long STEP_MILLIS = 250;
    private static final int MOST_TOLD = 5; // of what is on its way

    private final Machine machine;
    private final ConsumerLag lag;
    private final Deliveries deliveries;
    private final Evidence evidence;
    private final RunLog log;

    Settling(Machine machine, ConsumerLag lag, Deliveries deliveries, Evidence evidence, RunLog log) {
        this.machine = machine;
        this.lag = lag;
        this.deliveries = deliveries;
        this.evidence = evidence;
        this.log = log;
    }

    /**
     * Waits, and gives what is left on its way at the limit.
     *
     * @param mended when the last fault ended, by {@link System#nanoTime()}
     * @param limit from then on
     */
    List<String> after(long mended, Duration limit) {
        List<String> left = now();
        List<String> before = List.of();
        while (!left.isEmpty() && System.nanoTime() - mended < limit.toNanos()) {
            if (!left.equals(before)) {
                log.line("on its way: " + left);
                before = left;
            }
            pause();
            left = now();
        }
        return left;
    }

    /** The cheap looks first: the others wait until these see nothing. */
    private List<String> now() {
        if (!machine.isWhole()) {
            return List.of("not every process takes requests");
        }
        List<String> all = new ArrayList<>(deliveries.underway());
        all.addAll(lag.now());
        return all.isEmpty() ? pending() : all;
    }

    private List<String> pending() {
        try (Checker checker = new Checker(evidence)) {
            return checker.pending().stream()
                    .map(breach -> breach.sentence())
                    .limit(MOST_TOLD)
                    .toList();
        } catch (RuntimeException away) {
            return List.of("it cannot be looked at: " + away.getMessage());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(STEP_MILLIS);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }
}
