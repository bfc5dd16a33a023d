package io.tillstream.benchmark;

import io.tillstream.benchmark.load.Deliveries;
import io.tillstream.benchmark.load.HttpConnection;
import io.tillstream.benchmark.load.Latencies;
import io.tillstream.benchmark.load.Load;
import io.tillstream.benchmark.load.WarmUp;
import io.tillstream.benchmark.load.Work;
import io.tillstream.benchmark.load.WrongAnswer;
import io.tillstream.benchmark.measure.ProcessorTime;
import io.tillstream.benchmark.peer.BareGateway;
import io.tillstream.benchmark.peer.KafkaEndpoint;
import io.tillstream.benchmark.peer.LeftOut;
import io.tillstream.benchmark.peer.Nginx;
import io.tillstream.local.Part;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.function.IntFunction;

/** What the gateway adds to a request that it hands on, and what one costs that it refuses. */
final class Gateway {
    private static final int CONNECTIONS = 16;
    private static final int REQUESTS = 6_000; // of a round: some seconds

    private final Options options;
    private final Report report;

    Gateway(Options options, Report report) {
        this.options = options;
        this.report = report;
    }

    void run() {
        try (MeasuredSystem system = MeasuredSystem.start(List.of(), options.profiles())) {
            KafkaEndpoint own = system.webhooks(Part.GATEWAY);
            handOn("Tillstream", own);
            refuse(system, own);
            if (options.peers()) {
                URI ingest = system.url(Part.WEBHOOK_INGEST);
                peer(() -> BareGateway.start(own, ingest), "bare Spring Cloud Gateway");
                peer(() -> Nginx.start(own, ingest), "nginx");
            }
        }
    }

    private interface Start {
        KafkaEndpoint get() throws LeftOut;
    }

    private void peer(Start start, String name) {
        try (KafkaEndpoint endpoint = start.get()) {
            handOn(name, endpoint);
        } catch (LeftOut why) {
            report.note(Scenario.GATEWAY, "left out: " + why.getMessage());
        }
    }

    private void handOn(String name, KafkaEndpoint endpoint) {
        measure(
                name,
                "webhook handed on",
                endpoint,
                number -> new Deliveries(endpoint.address(), endpoint.path(), endpoint.secret()));
    }

    private void refuse(MeasuredSystem system, KafkaEndpoint gateway) {
        measure("Tillstream", "refused without a token", gateway, number -> new Stranger(system.url(Part.GATEWAY)));
    }

    private void measure(String name, String what, KafkaEndpoint endpoint, IntFunction<Work> worker) {
        WarmUp warmUp =
                WarmUp.until(() -> Load.run(CONNECTIONS, REQUESTS, worker).perSecond(), options.warmUpRounds());
        report.note(
                Scenario.GATEWAY,
                name + ", " + what + ": requests/s of the rounds to warm up "
                        + warmUp.rates().stream().map(Math::round).toList()
                        + (warmUp.agreed() ? "" : ", which do not agree within 5 %"));
        ProcessorTime before = endpoint.processorTime();
        Latencies latencies = Load.run(CONNECTIONS, REQUESTS, worker);
        ProcessorTime spent = endpoint.processorTime().since(before);
        figure(name, what + ": requests/s", latencies.perSecond());
        figure(name, what + ": p50, ms", latencies.millis(0.5));
        figure(name, what + ": p99, ms", latencies.millis(0.99));
        double own = spent.millis().getOrDefault(KafkaEndpoint.OWN, 0L);
        figure(name, what + ": CPU a request of who hands it on, ms", own / REQUESTS);
    }

    /** Asks for orders without a token. */
    private static final class Stranger implements Work {
        private final HttpConnection connection;

        Stranger(URI gateway) {
            this.connection = new HttpConnection(gateway);
        }

        @Override
        public void once() throws IOException {
            HttpConnection.Answer answer = connection.send("GET", "/api/orders", "", "");
            if (answer.status() != 401) {
                throw new WrongAnswer("GET /api/orders", answer);
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    private void figure(String system, String name, double value) {
        report.figure(Scenario.GATEWAY, system, name, value);
    }
}
