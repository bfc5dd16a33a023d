package io.tillstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.testing.Seed;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The whole system, used while Stripe hangs up, a service is killed, and Kafka or PostgreSQL is: no money is lost or doubled,
 * and no event. How long it takes to recover is told, and red only in {@code ./chaos}: a machine may have other work.
 */
class ChaosIT {

    @Test
    void noMoneyIsLostOrDoubledWhateverFails() throws IOException {
        long seed = Seed.value();
        System.out.println("chaos: seed " + seed + "; again with -Dseed=" + seed);
        RunReport report = Chaos.run(Options.shortened(seed), Path.of("target/chaos-short/" + seed));
        System.out.println("chaos: " + report.slowest() + "; the report is target/chaos-short/" + seed + "/report.md");
        report.breaches().stream().filter(ChaosIT::isOfTime).forEach(slow -> System.out.println("chaos: " + slow));
        assertThat(report.breaches()).filteredOn(breach -> !isOfTime(breach)).isEmpty();
        assertThat(report.failures()).isEmpty();
        assertThat(report.looked("payment intents of orders"))
                .as("there was money to lose")
                .isPositive();
    }

    private static boolean isOfTime(String breach) {
        return breach.startsWith("L1: ") && breach.contains(" s after it could");
    }
}
