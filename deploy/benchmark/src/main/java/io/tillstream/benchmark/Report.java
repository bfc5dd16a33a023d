package io.tillstream.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The figures of a run: a table for each scenario, with a column for each system that was measured. */
final class Report {
    private final List<Figure> figures = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();

    /**
     * One number.
     *
     * @param scenario what was measured
     * @param system of what: Tillstream, or a peer
     * @param name of the figure, with its unit
     */
    record Figure(String scenario, String system, String name, double value) {}

    record Note(String scenario, String text) {}

    void figure(Scenario scenario, String system, String name, double value) {
        figures.add(new Figure(scenario.label(), system, name, value));
    }

    /** What a reader has to know of the figures. */
    void note(Scenario scenario, String text) {
        System.out.println("  " + text);
        notes.add(new Note(scenario.label(), text));
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("report.md"), markdown());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("report.json").toFile(), Map.of("figures", figures, "notes", notes));
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        Set<String> scenarios = new LinkedHashSet<>();
        figures.forEach(figure -> scenarios.add(figure.scenario()));
        notes.forEach(note -> scenarios.add(note.scenario()));
        for (String scenario : scenarios) {
            text.append("\n## ").append(scenario).append("\n\n");
            text.append(table(figures.stream()
                    .filter(figure -> figure.scenario().equals(scenario))
                    .toList()));
            notes.stream()
                    .filter(note -> note.scenario().equals(scenario))
                    .forEach(note -> text.append("- ").append(note.text()).append('\n'));
        }
        return text.toString();
    }

    private static String table(List<Figure> figures) {
        if (figures.isEmpty()) {
            return "";
        }
        Set<String> systems = new LinkedHashSet<>();
        Map<String, Map<String, Double>> rows = new LinkedHashMap<>();
        for (Figure figure : figures) {
            systems.add(figure.system());
            rows.computeIfAbsent(figure.name(), name -> new LinkedHashMap<>()).put(figure.system(), figure.value());
        }
        StringBuilder table = new StringBuilder("| | " + String.join(" | ", systems) + " |");
        String first = systems.iterator().next();
        table.append(systems.size() > 1 ? " " + first + ", in each of the others |\n" : "\n");
        table.append("|---".repeat(systems.size() + (systems.size() > 1 ? 2 : 1)))
                .append("|\n");
        rows.forEach((name, values) -> {
            table.append("| ").append(name);
            systems.forEach(system -> table.append(" | ").append(shown(values.get(system))));
            if (systems.size() > 1) {
                table.append(" | ").append(ratios(values, first));
            }
            table.append(" |\n");
        });
        return table.append('\n').toString();
    }

    private static String ratios(Map<String, Double> values, String first) {
        Double own = values.get(first);
        List<String> ratios = new ArrayList<>();
        values.forEach((system, value) -> {
            if (own != null && !system.equals(first) && value > 0) {
                ratios.add(String.format(Locale.ROOT, "%.2f×", own / value));
            }
        });
        return String.join(", ", ratios);
    }

    private static String shown(@Nullable Double value) {
        return value == null ? "–" : String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }
}
