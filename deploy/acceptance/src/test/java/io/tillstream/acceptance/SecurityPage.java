package io.tillstream.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
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

    /** Of the tables of endpoints; the page has others too. */
    static List<Line> lines() throws IOException {
        List<Line> lines = new ArrayList<>();
        boolean ofEndpoints = false;
        for (String line : Files.readAllLines(Stack.repository().resolve("docs/security.md"))) {
            boolean begins = line.startsWith("| endpoint ");
            ofEndpoints = begins || (ofEndpoints && line.startsWith("|"));
            if (ofEndpoints && !begins && !line.startsWith("|-")) {
                lines.add(new Line(List.of(line.split("\\|"))));
            }
        }
        return lines;
    }

    private static Set<String> words(String cell, String word) {
        return Pattern.compile("`(" + word + ")`")
                .matcher(cell)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
