package io.tillstream.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What {@code ./chaos} starts: the run, then the report. Its exit code is 0 without and 1 with a breach, 2 if it could
 * not run to its end.
 */
public final class Chaos {
    private static final int BREACH = 1;
    private static final int COULD_NOT_RUN = 2;

    private Chaos() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs it in a folder of its own, and writes its report there; data stay only where they tell of something. */
    static RunReport run(Options options, Path folder) throws IOException {
        Path data = folder.resolve("data");
        delete(data);
        Files.createDirectories(folder);
        RunReport report = new RunReport(options);
        try {
            new ChaosRun(options, folder, report).run();
        } catch (RuntimeException failure) {
            report.failed("the run", failure);
        }
        report.write(folder);
        if (!options.keep() && report.isClean()) {
            delete(data);
        }
        return report;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static int run(String... arguments) {
        try {
            Options options = Options.read(arguments);
            Path folder = Path.of("target/chaos/" + options.seed());
            RunReport report = run(options, folder);
            System.out.println(report.markdown());
            System.out.println("chaos: " + report.verdict() + "; the report is " + folder.resolve("report.md")
                    + ", every step in " + folder.resolve("operations.log"));
            return report.isClean() ? 0 : report.hasBreaches() ? BREACH : COULD_NOT_RUN;
        } catch (IllegalArgumentException wrong) {
            System.err.println("chaos: " + wrong.getMessage());
            return COULD_NOT_RUN;
        } catch (IOException | RuntimeException failure) {
            failure.printStackTrace();
            System.err.println("chaos: could not run: " + failure.getMessage());
            return COULD_NOT_RUN;
        }
    }
}
