package io.tillstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @Test
    void aFigureStandsBesideThePeersWithTheirRatio(@TempDir Path folder) throws Exception {
        Report report = new Report();
        report.figure(Scenario.ORDERS, "Tillstream", "orders/s", 20);
        report.figure(Scenario.ORDERS, "Express shop", "orders/s", 80);
        report.note(Scenario.ORDERS, "left out: nginx, which is not installed here");

        report.write(folder);

        assertThat(folder.resolve("report.md"))
                .content()
                .contains("| | Tillstream | Express shop | Tillstream, in each of the others |")
                .contains("| orders/s | 20.00 | 80.00 | 0.25× |")
                .contains("- left out: nginx");
        assertThat(new ObjectMapper()
                        .readTree(folder.resolve("report.json").toFile())
                        .at("/figures/1/value")
                        .asDouble())
                .isEqualTo(80);
    }
}
