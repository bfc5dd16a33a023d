package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.acceptance.ObservabilityFiles.Alert;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts and dashboards as files: whoever is woken at night finds what to do, and nothing is drawn from a typing error. */
class ObservabilityTest {

    private static final Path DOCS = Stack.repository().resolve("docs");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern METRIC = Pattern.compile("`(tillstream_[a-z_]+)");
    private static final Duration LONGEST =
            Duration.ofMinutes(10); // promtool needs 25 s of a core, beside others for minutes

    /** Alone they mean no trouble: what they count is the measure of others, or is seen by another of the same row. */
    private static final Set<String> NO_TROUBLE = Set.of(
            "tillstream_events_total", // the delay, the lag and what is parked tell where these are wrong
            "tillstream_money_total",
            "tillstream_parked_events", // those of other systems' objects are many and harmless: their age counts
            "tillstream_set_aside_records"); // its age counts

    @TempDir
    Path folder;

    @Test
    void whoeverIsWokenIsToldWhatItMeansAndWhatToDo() {
        assertThat(ObservabilityFiles.alerts()).isNotEmpty().allSatisfy(alert -> {
            assertThat(alert.part("labels").get("severity")).as(alert.name()).isIn("critical", "warning");
            assertThat(alert.rule().get("for")).as(alert.name()).isNotNull();
            assertThat(String.valueOf(alert.part("annotations").get("summary"))).isNotBlank();
            assertThat(alert.part("annotations").get("runbook"))
                    .isEqualTo("docs/runbooks.md#" + alert.name().toLowerCase(Locale.ROOT));
        });
        assertThat(ObservabilityFiles.alerts()).extracting(Alert::name).doesNotHaveDuplicates();
    }

    @Test
    void everyRunbookSaysWhatItMeansWhatToLookAtWhatToDoAndWhenItIsOver() {
        String page = ObservabilityFiles.text(DOCS.resolve("runbooks.md"));
        Set<String> headings =
                HEADING.matcher(page).results().map(one -> one.group(1)).collect(Collectors.toSet());
        for (Alert alert : ObservabilityFiles.alerts()) {
            assertThat(headings).as("headings of the runbooks").contains(alert.name());
            int at = page.indexOf("\n### " + alert.name() + "\n") + 1;
            int end = page.indexOf("\n#", at);
            assertThat(page.substring(at, end < 0 ? page.length() : end))
                    .as(alert.name())
                    .contains("**Means**", "**Look**", "**Do**", "**Over**");
        }
    }

    /** What operations.md says to watch is watched by something that does not sleep. */
    @Test
    void whatMeansTroubleHasAnAlert() {
        String page = ObservabilityFiles.text(DOCS.resolve("operations.md"));
        Set<String> watched = ObservabilityFiles.alerts().stream()
                .flatMap(alert -> PromQl.metrics(alert.query()).stream())
                .collect(Collectors.toSet());
        Matcher metric = METRIC.matcher(page.substring(page.indexOf("| metric"), page.indexOf("Traces are")));
        Set<String> named = new TreeSet<>();
        while (metric.find()) {
            named.add(metric.group(1));
        }

        assertThat(named)
                .hasSizeGreaterThan(20)
                .filteredOn(name -> !NO_TROUBLE.contains(name))
                .allSatisfy(name -> assertThat(watched).as("alerts on " + name).anyMatch(one -> one.startsWith(name)));
    }

    @Test
    void everyAlertHasAStoryInWhichItFires() {
        String stories = ObservabilityFiles.text(ObservabilityFiles.ALERT_TESTS);

        assertThat(ObservabilityFiles.alerts()).allSatisfy(alert -> assertThat(stories)
                .contains("  - name: " + alert.name() + "\n")
                .contains("alertname=\"" + alert.name() + "\"}', value: 1}"));
    }

    @Test
    void everyPanelSaysWhatItShows() {
        assertThat(ObservabilityFiles.dashboards())
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(board -> {
                    assertThat(board.path("uid").asString()).isNotEmpty();
                    assertThat(board.path("panels")).allSatisfy(panel -> {
                        if (!panel.path("type").asString().equals("row")) {
                            assertThat(panel.path("description").asString())
                                    .as(panel.path("title").asString())
                                    .isNotEmpty();
                            assertThat(panel.path("targets")).isNotEmpty();
                        }
                    });
                });
    }

    /** An alert that a panel names exists: the description is where a picture leads to its runbook. */
    @Test
    void panelsNameAlertsThatExist() {
        Set<String> names =
                ObservabilityFiles.alerts().stream().map(Alert::name).collect(Collectors.toSet());
        Pattern named = Pattern.compile("Alerts? ((?:[A-Z][A-Za-z]+(?:, )?)+)");
        assertThat(ObservabilityFiles.dashboards()).allSatisfy(board -> {
            for (var panel : board.path("panels")) {
                Matcher found = named.matcher(panel.path("description").asString(""));
                while (found.find()) {
                    assertThat(names).contains(found.group(1).split(", "));
                }
            }
        });
    }

    @Test
    void prometheusTakesTheRulesAndTheyFireWhenTheyShould() throws Exception {
        if (!hasPromtool()) {
            String told =
                    "LEFT OUT: ObservabilityTest.prometheusTakesTheRulesAndTheyFireWhenTheyShould: no promtool here";
            System.out.println(told);
            Assumptions.abort(told);
        }
        promtool("check", "config", ObservabilityFiles.FOLDER.resolve("prometheus.yml"));
        promtool("test", "rules", ObservabilityFiles.ALERT_TESTS);

        StringBuilder panels = new StringBuilder("groups: [{name: panels, rules: [\n");
        for (ObservabilityFiles.Query query : ObservabilityFiles.queries()) {
            panels.append(Answer.JSON.writeValueAsString(Map.of("record", "panel", "expr", query.query())))
                    .append(",\n");
        }
        promtool("check", "rules", Files.writeString(folder.resolve("panels.yml"), panels + "]}]\n"));
    }

    @Test
    void onlyMetricsAreTakenForMetrics() {
        assertThat(PromQl.metrics("""
                sum by (application) (rate(http_requests_count{uri!~"/a.*|sum(x)", job="up"}[5m]))
                  / on (application) group_left () max without (le) (errors_total offset 1h) > bool 0.05 and vector(1) == 5e3
                """)).containsExactly("errors_total", "http_requests_count");
        assertThat(PromQl.exposed("# HELP a b\na{x=\"1 {\"} 2.0\nb_total 1\n")).containsExactly("a", "b_total");
    }

    private static boolean hasPromtool() {
        return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool")));
    }

    private void promtool(String what, String kind, Path file) throws Exception {
        Path output = folder.resolve("promtool.txt");
        Process process = new ProcessBuilder(List.of("promtool", what, kind, file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended ? process.exitValue() : -1)
                .as("promtool %s %s %s: %s", what, kind, file, Files.readString(output, StandardCharsets.UTF_8))
                .isZero();
    }
}
