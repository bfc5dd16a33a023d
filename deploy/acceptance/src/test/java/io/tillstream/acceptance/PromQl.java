package io.tillstream.acceptance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which metrics a query asks for. Enough of the language for that: texts, label matchers and lists of labels are left out, and
 * so are the names of functions, operators and Grafana's variables.
 *
 * @see <a href="https://prometheus.io/docs/prometheus/latest/querying/basics/">Prometheus: querying</a>
 */
final class PromQl {
    private static final Pattern TEXT = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`");
    private static final Pattern MATCHERS = Pattern.compile("\\{[^{}]*}");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\[\\]]*]");
    private static final Pattern LABELS =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^()]*\\)");
    private static final Pattern WORD = Pattern.compile("(?<![\\w.:$])([a-zA-Z_:][\\w:]*)\\s*(\\()?");
    private static final Set<String> OPERATORS = Set.of(
            "and",
            "or",
            "unless",
            "offset",
            "bool",
            "by",
            "without",
            "on",
            "ignoring",
            "group_left",
            "group_right",
            "atan2",
            "inf",
            "nan");

    private PromQl() {}

    /** Names of metrics, as they stand in a scrape. */
    static Set<String> metrics(String query) {
        String plain = query;
        for (Pattern left : List.of(TEXT, MATCHERS, RANGE, LABELS)) {
            plain = left.matcher(plain).replaceAll(" ");
        }
        Set<String> metrics = new TreeSet<>();
        Matcher word = WORD.matcher(plain);
        while (word.find()) {
            boolean function = word.group(2) != null && !OPERATORS.contains(word.group(1));
            if (!function && !OPERATORS.contains(word.group(1).toLowerCase(java.util.Locale.ROOT))) {
                metrics.add(word.group(1));
            }
        }
        return metrics;
    }

    /** Names of the samples of a scrape in the text format. */
    static Set<String> exposed(String scrape) {
        Set<String> names = new TreeSet<>();
        scrape.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> names.add(line.substring(0, end(line))));
        return names;
    }

    /** A panel's query as Prometheus gets it: Grafana's variables are filled in. */
    static String filledIn(String query) {
        return query.replace("$__rate_interval", "5m").replace("$application", ".*");
    }

    private static int end(String line) {
        List<Integer> ends = new ArrayList<>(List.of(line.length()));
        for (char mark : new char[] {'{', ' '}) {
            if (line.indexOf(mark) >= 0) {
                ends.add(line.indexOf(mark));
            }
        }
        return ends.stream().mapToInt(Integer::intValue).min().orElseThrow();
    }
}
