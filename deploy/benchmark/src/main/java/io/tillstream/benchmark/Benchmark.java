package io.tillstream.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code ./benchmark} starts: each scenario in turn, then the report. */
public final class Benchmark {
    private static final Path FOLDER = Path.of("target/benchmark");

    private Benchmark() {}

    public static void main(String[] arguments) throws IOException {
        Options options;
        try {
            options = Options.read(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println("benchmark: " + wrong.getMessage());
            System.exit(2);
            return;
        }
        System.exit(new Benchmark().run(options) ? 0 : 1);
    }

    /** @return false if a request failed or an event was lost; what was measured until then is reported all the same */
    private boolean run(Options options) throws IOException {
        Files.createDirectories(FOLDER);
        Report report = new Report();
        boolean whole = true;
        for (Scenario scenario : options.scenarios()) {
            System.out.println(scenario.label() + ": " + scenario.description());
            try {
                scenario.run(options, report);
            } catch (RuntimeException failure) {
                whole = false;
                report.note(scenario, "FAILED: " + failure.getMessage());
                failure.printStackTrace();
            }
            report.write(FOLDER);
        }
        System.out.println(report.markdown());
        System.out.println(
                "benchmark: " + (whole ? "done" : "FAILED") + "; the same in " + FOLDER + "/report.md and .json");
        return whole;
    }
}
