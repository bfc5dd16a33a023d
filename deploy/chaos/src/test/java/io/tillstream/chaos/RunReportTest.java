package io.tillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tillstream.chaos.plan.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
    @TempDir
    Path folder;

    private final RunReport report = new RunReport(Options.read("--seed", "7", "--minutes", "2", "--faults", "kill"));

    @Test
    void withoutABreachItSaysSo() {
        report.recovery(new Recovery(1, List.of("kill payment-service"), 1_234, List.of()));

        assertThat(report.hasBreaches()).isFalse();
        assertThat(report.markdown()).contains("No breach", "| kill | 1 | 1.2 | 1.2 |");
    }

    @Test
    void whatDidNotSettleIsABreachWithTheCommandThatMakesItAgain() {
        report.recovery(new Recovery(3, List.of("kill order-service"), 60_000, List.of("2 events not told in orders")));

        assertThat(report.hasBreaches()).isTrue();
        assertThat(report.markdown())
                .contains(
                        "L1", "kill order-service", "2 events not told", "./chaos --seed 7 --minutes 2 --faults kill");
    }

    @Test
    void timesToRecoverAreToldByKindAndTwoAtOnceStandTogether() {
        report.recovery(new Recovery(1, List.of("kill a"), 3_000, List.of()));
        report.recovery(new Recovery(2, List.of("kill b"), 1_000, List.of()));
        report.recovery(new Recovery(3, List.of("pause a", "kafka-kill"), 2_000, List.of()));

        assertThat(report.byFault())
                .isEqualTo(Map.of("kill", List.of(1_000L, 3_000L), "kafka-kill + pause", List.of(2_000L)));
    }

    /** What it found before is not lost, and nobody takes it for a run without a breach. */
    @Test
    void aRunThatDidNotComeToItsEndIsNotCleanAndReportsAllTheSame() {
        report.failed("the check", new IllegalStateException("Kafka is away"));
        report.write(folder);

        assertThat(report.isClean()).isFalse();
        assertThat(report.hasBreaches()).isFalse();
        assertThat(report.verdict()).contains("NOT TO ITS END");
        assertThat(folder.resolve("report.md")).content().contains("the check", "Kafka is away");
    }

    @Test
    void programsReadTheSame() throws IOException {
        report.breach("M3: order 1 was charged 2 times");
        report.operations(Map.of(Operation.REFUND, 4));
        report.write(folder);

        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        assertThat(json.path("seed").asLong()).isEqualTo(7);
        assertThat(json.path("breaches").toString()).contains("order 1 was charged 2 times");
        assertThat(json.path("operations").path("REFUND").asInt()).isEqualTo(4);
        assertThat(folder.resolve("report.md")).content().contains("order 1 was charged 2 times");
    }
}
