package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.benchmark.load.Buyer;
import io.tillstream.benchmark.load.Latencies;
import io.tillstream.benchmark.load.Load;
import io.tillstream.benchmark.measure.ProcessorTime;
import io.tillstream.local.Part;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code ./benchmark} measures with, in a round of four orders: it must not rot. */
class BenchmarkIT {
    @Test
    void ordersArePaidAndWhatTheyCostIsSeen() {
        new User("simone").buys();
        Map<String, Long> service = Map.of("order-service", Stack.tillstream().processId(Part.ORDER_SERVICE));
        ProcessorTime before = ProcessorTime.of(service);

        Latencies latencies = round(2);

        assertThat(latencies.count()).isEqualTo(4);
        assertThat(ProcessorTime.of(service).since(before).millis().get("order-service"))
                .isPositive();
    }

    /** Measures again, so often, where the system was too busy for an order: the benchmark itself has to end there. */
    private static Latencies round(int more) {
        try {
            return Load.run(2, 4, client -> new Buyer(Stack.gateway(), Tokens.of("simone")));
        } catch (IllegalStateException failed) {
            if (more == 0 || !String.valueOf(failed.getMessage()).matches("(?s).* was answered (202|503|504):.*")) {
                throw failed;
            }
            return round(more - 1);
        }
    }
}
