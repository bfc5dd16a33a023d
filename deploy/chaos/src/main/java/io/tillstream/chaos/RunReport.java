package io.tillstream.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tillstream.chaos.check.Report;
import io.tillstream.chaos.fault.FaultKind;
import io.tillstream.chaos.plan.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a run did and found, in plain words and as JSON. */
final class RunReport {
    private final Options options;
    private final List<Recovery> recoveries = new ArrayList<>();
    private final List<String> breaches = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private Map<Operation, Integer> operations = Map.of();
    private Map<String, Integer> looked = Map.of();

    RunReport(Options options) {
        this.options = options;
    }

    void recovery(Recovery recovery) {
        recoveries.add(recovery);
        if (!recovery.isSettled()) {
            breach("L1: " + recovery.millis() / 1_000 + " s after " + faults(recovery) + " (round " + recovery.round()
                    + ") there is still on its way: " + recovery.left());
        }
    }

    void breach(String text) {
        breaches.add(text);
    }

    /** What the checker found, and how much it looked at. */
    void checked(Report report) {
        looked = report.looked();
        report.breaches().forEach(breach -> breach(breach + " " + breach.ids()));
        report.notes().forEach(this::note);
    }

    /** Something that the reader has to know, and that is no breach. */
    void note(String text) {
        notes.add(text);
    }

    /** A part of the run that did not come to its end: what it would have found is not in this report. */
    void failed(String part, Throwable failure) {
        failure.printStackTrace();
        failures.add(part + " did not come to its end: " + failure);
    }

    void operations(Map<Operation, Integer> done) {
        operations = done;
    }

    /** The one line that says how long the slowest took to recover. */
    String slowest() {
        return recoveries.stream()
                .max(Comparator.comparingLong(Recovery::millis))
                .map(slowest -> seconds(slowest.millis()) + " s after " + faults(slowest))
                .orElse("nothing had to recover");
    }

    boolean hasBreaches() {
        return !breaches.isEmpty();
    }

    /** Whether the run came to its end, without a breach. */
    boolean isClean() {
        return breaches.isEmpty() && failures.isEmpty();
    }

    /** For the last line. */
    String verdict() {
        return hasBreaches() ? "BREACHES" : isClean() ? "no breach" : "NOT TO ITS END, no breach so far";
    }

    /** How many of these the checker looked at. */
    int looked(String what) {
        return looked.getOrDefault(what, 0);
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    List<String> breaches() {
        return List.copyOf(breaches);
    }

    /** One line for whoever watches. */
    String lastRound() {
        Recovery last = recoveries.get(recoveries.size() - 1);
        return String.format(
                Locale.ROOT,
                "  round %2d  %-60s %s",
                last.round(),
                faults(last),
                last.isSettled() ? "settled after " + seconds(last.millis()) + " s" : "NOT SETTLED: " + last.left());
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("# Chaos, seed ").append(options.seed()).append("\n\n");
        text.append(
                breaches.isEmpty()
                        ? (failures.isEmpty() ? "No breach.\n" : "No breach so far.\n")
                        : breaches.size() + " breaches. The same again: `" + command() + "`\n");
        breaches.forEach(breach -> text.append("\n- ").append(breach));
        failures.forEach(failure -> text.append("\n**").append(failure).append("**\n"));
        text.append("\n\n## Time to recover\n\nFrom the end of the fault until nothing is on its way any more.\n\n");
        text.append("| fault | times | median s | longest s |\n|---|---|---|---|\n");
        byFault().forEach((fault, millis) -> text.append("| ")
                .append(fault)
                .append(" | ")
                .append(millis.size())
                .append(" | ")
                .append(seconds(millis.get(millis.size() / 2)))
                .append(" | ")
                .append(seconds(millis.get(millis.size() - 1)))
                .append(" |\n"));
        text.append("\n## What was done\n\n| operation | times | |\n|---|---|---|\n");
        new TreeMap<>(operations).forEach((operation, times) -> text.append("| ")
                .append(operation)
                .append(" | ")
                .append(times)
                .append(" | ")
                .append(operation.meaning())
                .append(" |\n"));
        text.append("\n## What was looked at\n\n");
        new TreeMap<>(looked)
                .forEach((what, count) ->
                        text.append("- ").append(count).append(' ').append(what).append('\n'));
        notes.forEach(note -> text.append("\n- ").append(note));
        return text.append('\n').toString();
    }

    /** Times to recover of each kind of fault, shortest first; two at once stand together. */
    Map<String, List<Long>> byFault() {
        Map<String, List<Long>> times = new TreeMap<>();
        for (Recovery recovery : recoveries) {
            List<String> kinds = recovery.faults().stream()
                    .map(label -> label.replaceAll(" .*", ""))
                    .sorted()
                    .toList();
            String name = kinds.isEmpty() ? "nothing" : String.join(" + ", kinds);
            times.computeIfAbsent(name, any -> new ArrayList<>()).add(recovery.millis());
        }
        times.values().forEach(millis -> millis.sort(null));
        return times;
    }

    void write(Path folder) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", options.seed());
        json.put("command", command());
        json.put("breaches", breaches);
        json.put("failures", failures);
        json.put("notes", notes);
        json.put("recoveries", recoveries);
        json.put("looked", new TreeMap<>(looked));
        json.put("operations", new TreeMap<>(operations));
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        try {
            Files.writeString(folder.resolve("report.json"), mapper.writeValueAsString(json) + "\n");
            Files.writeString(folder.resolve("report.md"), markdown());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    private String command() {
        if (options.shortened()) {
            return "mvn verify -pl deploy/chaos -am -Dseed=" + options.seed();
        }
        boolean all = options.faults().size() == FaultKind.values().length;
        String faults = all
                ? ""
                : " --faults "
                        + String.join(
                                ",",
                                options.faults().isEmpty()
                                        ? List.of("none")
                                        : options.faults().stream()
                                                .map(FaultKind::label)
                                                .toList());
        return "./chaos --seed " + options.seed() + " --minutes "
                + options.time().toMinutes() + faults + (options.doubled() ? "" : " --one-instance");
    }

    private static String faults(Recovery recovery) {
        return recovery.faults().isEmpty() ? "no fault" : String.join(" + ", recovery.faults());
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f", millis / 1000.0);
    }
}
