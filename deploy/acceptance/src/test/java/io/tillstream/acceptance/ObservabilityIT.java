package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.Part;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dashboards and alerts, beside what the services really tell. It waits for numbers that are made once a minute: it begins first. */
@Runs(Stage.LONG)
class ObservabilityIT {
    private static final User OPAL = new User("opal");

    /** Kafka's own numbers of a partition are looked for once a minute, by Micrometer. */
    private static final Duration KAFKA_METRICS = Duration.ofMinutes(8);

    private static final Duration SCRAPES = Duration.ofSeconds(2); // of all services, beside other tests

    /** Made by Prometheus itself. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up");

    /** Their labels are not known before the fault that they count: the code that counts it has to be there. */
    private static final Map<String, String> AFTER_A_FAULT = Map.of(
            "tillstream_stripe_faults_total", "\"tillstream.stripe.faults\"",
            "tillstream_events_unknown_version_total", "\"tillstream_events_unknown_version\"");

    @BeforeAll
    static void somethingHasHappened() {
        OPAL.buys();
    }

    @Test
    void everyMetricOfAPanelOrAnAlertIsOneThatAServiceTells() {
        Map<String, String> asked = new TreeMap<>();
        ObservabilityFiles.queries().forEach(query -> PromQl.metrics(query.query())
                .forEach(metric -> asked.put(metric, query.board() + ", " + query.panel())));
        ObservabilityFiles.alerts()
                .forEach(alert -> PromQl.metrics(alert.query()).forEach(metric -> asked.put(metric, alert.name())));
        asked.keySet().removeAll(OF_PROMETHEUS);
        asked.keySet().removeAll(AFTER_A_FAULT.keySet());
        assertThat(asked).hasSizeGreaterThan(30);

        await("every metric is told")
                .atMost(KAFKA_METRICS)
                .pollInterval(SCRAPES)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    Map<String, String> missing = new HashMap<>(asked);
                    missing.keySet().removeAll(PromQl.exposed(Metrics.scrapes()));
                    assertThat(missing).isEmpty();
                });
        assertThat(Metrics.scrapes()
                        .lines()
                        .filter(line -> line.startsWith("kafka_consumer_") && line.contains("topic=\"")))
                .as("a topic by two names would be counted twice")
                .isNotEmpty()
                .noneMatch(
                        line -> line.contains("topic=\"stripe_events\"") || line.contains("topic=\"payments_events\""));
    }

    @Test
    void whatIsToldAfterAFaultOnlyIsInTheCode() throws IOException {
        Set<String> unseen = new TreeSet<>(AFTER_A_FAULT.values());
        try (Stream<Path> files = Files.walk(Stack.repository())) {
            for (Path file : files.filter(one -> one.toString().contains("/src/main/java/")
                            && one.toString().endsWith(".java"))
                    .toList()) {
                String text = Files.readString(file);
                unseen.removeIf(text::contains);
            }
        }
        assertThat(unseen).isEmpty();
    }

    /** An exemplar where none may be makes Prometheus drop the whole scrape, of every service. */
    @Test
    void exemplarsStandWhereOpenMetricsAllowsThem() {
        for (Part part : Metrics.SERVICES) {
            String scrape = Metrics.scrape(part, Map.of("Accept", "application/openmetrics-text;version=1.0.0"));

            assertThat(scrape).endsWith("# EOF\n");
            assertThat(scrape.lines().filter(line -> line.contains(" # {")))
                    .as(part.label())
                    .allMatch(line -> line.matches("\\w+_(bucket|total)\\b.*"));
        }
    }

    /** As Prometheus does it, with the client and the scope of prometheus.yml. */
    @Test
    void theCollectorsTokenOpensTheGatewaysMetrics() {
        Web.send("GET", URI.create(Stack.gateway() + "/actuator/prometheus"), Map.of(), (String) null)
                .expect(401);

        assertThat(Metrics.scrape(Part.GATEWAY, Map.of())).contains("application=\"gateway\"");
    }

    /** An id would be a series of its own for ever, and tell whoever sees the metrics who bought what. */
    @Test
    void noMetricOfAnyServiceNamesAUserOrWhatIsTheirs() {
        String order = OPAL.orders();
        String subscription = new Starting(OPAL).begins().id();
        String strange = "/nothing/" + UUID.randomUUID() + "/pi_3SbCdEfGhIjKlMnO0aBcDeFg";
        OPAL.get(strange).expect(404);
        for (String path : List.of("/api/orders/" + order, "/api/subscriptions/" + subscription)) {
            OPAL.get(path).expect(200);
            User.STRANGER.get(path).expect(404);
            OPAL.get(path + "/settlement").expect(200);
        }
        OPAL.pays(order, User.card("pm_card_chargeDeclined")).expect(402);
        User.OPERATOR.get("/api/admin/payments?userId=opal").expect(200);
        Webhook.deliver("{}", "t=1,v1=" + "0".repeat(64)).expect(400);

        for (Part part : Metrics.SERVICES) {
            String scrape = Metrics.scrape(part, Map.of());
            assertThat(scrape).contains("http_server_requests_seconds_count{");
            assertThat(Metrics.namesIn(scrape, List.of("opal", "stranger")))
                    .as(part.label())
                    .isEmpty();
        }
    }

    @Test
    void namesAreFoundInLabels() {
        for (String value : List.of(
                "/api/orders/5c0a3f1e-8d1c-4d7e-9a55-0d6f0b7c2e11",
                "pi_3SbCdEfGhIjKlMnO0aBcDeFg",
                "opal@example.com",
                "opal",
                "/nothing/x1y2z3",
                "cs_test_a1B2c3D4e5")) {
            assertThat(Metrics.namesIn("m_total{a=\"b\",uri=\"" + value + "\"} 1", List.of("opal")))
                    .as(value)
                    .hasSize(1);
        }
        assertThat(Metrics.namesIn(
                        "m_total{uri=\"/api/orders/{id}\",type=\"payment_intent.succeeded\"} 1", List.of("opal")))
                .isEmpty();
    }

    /** They tell a collector nothing: what is not asked for cannot leak. */
    @Test
    void identityAndTheSimulatorHaveNoMetrics() {
        Metrics.answer(Part.IDENTITY, Map.of()).expect(404);
        Metrics.answer(Part.STRIPE_SIMULATOR, Map.of()).expect(404);
    }
}
