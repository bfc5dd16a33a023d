package io.tillstream.benchmark;

import io.tillstream.benchmark.load.Deliveries;
import io.tillstream.benchmark.load.Latencies;
import io.tillstream.benchmark.load.Load;
import io.tillstream.benchmark.load.WarmUp;
import io.tillstream.benchmark.measure.ProcessorTime;
import io.tillstream.benchmark.peer.BareEndpoint;
import io.tillstream.benchmark.peer.ExpressEndpoint;
import io.tillstream.benchmark.peer.KafkaEndpoint;
import io.tillstream.benchmark.peer.LeftOut;
import io.tillstream.local.Part;
import java.util.List;

/** Stripe's events, taken: answered when Kafka has them. One that was answered and is not on Kafka fails the run. */
final class Webhooks {
    private static final int[] CONNECTIONS = {1, 16, 64};
    private static final int EVENTS = 6_000; // of a round: some 3 s

    private final Options options;
    private final Report report;

    Webhooks(Options options, Report report) {
        this.options = options;
        this.report = report;
    }

    void run() {
        try (MeasuredSystem system = MeasuredSystem.start(List.of(), options.profiles())) {
            KafkaEndpoint own = system.webhooks(Part.WEBHOOK_INGEST);
            measure("Tillstream", own);
            if (options.peers()) {
                peer("bare WebFlux and Kafka", () -> BareEndpoint.start(own));
                peer("Express and kafkajs", () -> ExpressEndpoint.start(own));
            }
        }
    }

    private interface Start {
        KafkaEndpoint get() throws LeftOut;
    }

    private void peer(String name, Start start) {
        try (KafkaEndpoint endpoint = start.get()) {
            measure(name, endpoint);
        } catch (LeftOut why) {
            report.note(Scenario.WEBHOOKS, "left out: " + why.getMessage());
        }
    }

    private void measure(String name, KafkaEndpoint endpoint) {
        WarmUp warmUp = WarmUp.until(() -> send(endpoint, 16, EVENTS).perSecond(), options.warmUpRounds());
        report.note(
                Scenario.WEBHOOKS,
                name + ": events/s of the rounds to warm up "
                        + warmUp.rates().stream().map(Math::round).toList()
                        + (warmUp.agreed() ? "" : ", which do not agree within 5 %"));
        for (int connections : CONNECTIONS) {
            int events = connections == 1 ? EVENTS / 3 : EVENTS;
            ProcessorTime before = endpoint.processorTime();
            Latencies latencies = send(endpoint, connections, events);
            ProcessorTime spent = endpoint.processorTime().since(before);
            String who = connections + (connections == 1 ? " connection: " : " connections: ");
            figure(name, who + "events/s", latencies.perSecond());
            figure(name, who + "p50, ms", latencies.millis(0.5));
            figure(name, who + "p99, ms", latencies.millis(0.99));
            spent.millis()
                    .forEach((process, millis) ->
                            figure(name, who + "CPU an event, ms: " + process, millis / (double) events));
        }
    }

    private static Latencies send(KafkaEndpoint endpoint, int connections, int events) {
        long before = endpoint.topic().records();
        Latencies latencies = Load.run(
                connections, events, number -> new Deliveries(endpoint.address(), endpoint.path(), endpoint.secret()));
        long kept = endpoint.topic().records() - before;
        if (kept != events) {
            throw new IllegalStateException(events + " events were answered, " + kept + " are on Kafka");
        }
        return latencies;
    }

    private void figure(String system, String name, double value) {
        report.figure(Scenario.WEBHOOKS, system, name, value);
    }
}
