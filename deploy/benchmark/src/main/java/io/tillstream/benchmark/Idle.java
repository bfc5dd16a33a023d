package io.tillstream.benchmark;

import io.tillstream.benchmark.measure.Database;
import io.tillstream.benchmark.measure.Memory;
import io.tillstream.benchmark.measure.ProcessorTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the whole system costs while nobody wants anything of it. */
final class Idle {
    private static final Duration AFTER_START =
            Duration.ofSeconds(45); // what is looked for after a start is looked for by then
    private static final Duration MEASURED = Duration.ofSeconds(60);

    private final Report report;

    Idle(Report report) {
        this.report = report;
    }

    void run() {
        try (MeasuredSystem system = MeasuredSystem.start(List.of(), false)) {
            Database database = Database.of(system.jdbcUrl());
            pass(AFTER_START);
            ProcessorTime before = system.processorTime();
            Map<String, Long> asked = database.statements();
            pass(MEASURED);
            ProcessorTime spent = system.processorTime().since(before);
            Map<String, Long> asks = database.statements();
            spent.millis()
                    .forEach((name, millis) -> figure("% of a core: " + name, 100.0 * millis / MEASURED.toMillis()));
            Memory.of(system.processes()).mebibytes().forEach((name, size) -> figure("resident MiB: " + name, size));
            asks.forEach((name, calls) -> figure(
                    "statements/s: " + name, (calls - asked.getOrDefault(name, 0L)) / (double) MEASURED.toSeconds()));
        }
    }

    private static void pass(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    private void figure(String name, double value) {
        report.figure(Scenario.IDLE, "Tillstream", name, value);
    }
}
