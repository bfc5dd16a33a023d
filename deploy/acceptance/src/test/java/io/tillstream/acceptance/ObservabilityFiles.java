package io.tillstream.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** What lies in {@code deploy/observability}. */
final class ObservabilityFiles {
    static final Path FOLDER = Stack.repository().resolve("deploy/observability");
    static final Path ALERTS = FOLDER.resolve("alerts.yml");
    static final Path ALERT_TESTS = FOLDER.resolve("alerts.test.yml");

    private ObservabilityFiles() {}

    record Alert(String name, String query, Map<String, Object> rule) {
        Map<String, Object> part(String name) {
            return map(rule.getOrDefault(name, Map.of()));
        }
    }

    /** A query of a dashboard: which board and panel, for the message, and the query as Prometheus gets it. */
    record Query(String board, String panel, String query) {}

    static List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        for (Object group : list(yaml(ALERTS).get("groups"))) {
            for (Object one : list(map(group).get("rules"))) {
                Map<String, Object> rule = map(one);
                alerts.add(new Alert(String.valueOf(rule.get("alert")), String.valueOf(rule.get("expr")), rule));
            }
        }
        return alerts;
    }

    static List<JsonNode> dashboards() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("grafana/dashboards"))) {
            return files.sorted().map(file -> Answer.JSON.readTree(text(file))).toList();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    static List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode board : dashboards()) {
            for (JsonNode panel : board.path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    queries.add(new Query(
                            board.path("title").asString(),
                            panel.path("title").asString(),
                            PromQl.filledIn(target.path("expr").asString())));
                }
            }
        }
        return queries;
    }

    static Map<String, Object> yaml(Path file) {
        return map(new Yaml().<Object>load(text(file)));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    static Map<String, Object> map(Object yaml) {
        Map<String, Object> copy = new LinkedHashMap<>();
        ((Map<?, ?>) yaml).forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
    }

    static List<Object> list(Object yaml) {
        return new ArrayList<>((List<?>) yaml);
    }
}
