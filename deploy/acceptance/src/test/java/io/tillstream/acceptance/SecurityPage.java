package io.tillstream.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The list of all endpoints with what they could give away, as it stands in {@code docs/security.md}. */
final class SecurityPage {

    /** One line of it: its cells. */
    record Line(List<String> cells) {

        Set<String> endpoints() {
            return words(cells.get(1), "(?:GET|POST|PUT|PATCH|DELETE) /[^`]+");
        }

        Set<String> tests() {
            return words(cells.get(cells.size() - 1), "\\w+(?:IT|Test)(?:\\.\\w+)?");
        }
    }

    private SecurityPage() {}

    static List<Line> lines() throws IOException {
        return Files.readAllLines(Stack.repository().resolve("docs/security.md")).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| endpoint"))
                .map(line -> new Line(List.of(line.split("\\|"))))
                .toList();
    }

    private static Set<String> words(String cell, String word) {
        return Pattern.compile("`(" + word + ")`")
                .matcher(cell)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
