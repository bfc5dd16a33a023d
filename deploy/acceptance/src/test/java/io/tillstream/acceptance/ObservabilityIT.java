package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.Part;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dashboards and alerts, beside what the services really tell. It waits for numbers that are made once a minute: it begins first. */
@Runs(Stage.LONG)
class ObservabilityIT {
    private static final User OPAL = new User("opal");

    private static final List<Part> SERVICES = List.of(
            Part.GATEWAY, Part.ORDER_SERVICE, Part.PAYMENT_SERVICE, Part.SUBSCRIPTION_SERVICE, Part.WEBHOOK_INGEST);

    /** Kafka's own numbers of a partition are looked for once a minute, by Micrometer. */
    private static final Duration KAFKA_METRICS = Duration.ofSeconds(180);

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
                .untilAsserted(() -> {
                    Map<String, String> missing = new HashMap<>(asked);
                    missing.keySet().removeAll(PromQl.exposed(scrapes()));
                    assertThat(missing).isEmpty();
                });
        assertThat(scrapes().lines().filter(line -> line.startsWith("kafka_consumer_") && line.contains("topic=\"")))
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
        for (Part part : SERVICES) {
            String scrape = scrape(part, Map.of("Accept", "application/openmetrics-text;version=1.0.0"));

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

        assertThat(scrape(Part.GATEWAY)).contains("application=\"gateway\"");
    }

    private static String scrapes() {
        StringBuilder all = new StringBuilder();
        SERVICES.forEach(part -> all.append(scrape(part)).append('\n'));
        return all.toString();
    }

    private static String scrape(Part part) {
        return scrape(part, Map.of());
    }

    private static String scrape(Part part, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(more);
        if (part == Part.GATEWAY) {
            headers.put("Authorization", "Bearer " + token());
        }
        return Web.send("GET", URI.create(Stack.tillstream().url(part) + "/actuator/prometheus"), headers, (String)
                        null)
                .expect(200)
                .body();
    }

    private static String token() {
        Map<String, Object> gateway = ObservabilityFiles.map(
                ObservabilityFiles.list(ObservabilityFiles.yaml(ObservabilityFiles.FOLDER.resolve("prometheus.yml"))
                                .get("scrape_configs"))
                        .get(0));
        Map<String, Object> oauth2 = ObservabilityFiles.map(gateway.get("oauth2"));
        String client = oauth2.get("client_id") + ":local-prometheus-secret";
        String basic = java.util.Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.UTF_8));
        return Web.send(
                        "POST",
                        URI.create(Stack.tillstream().url(Part.IDENTITY) + "/oauth2/token"),
                        Map.of("Authorization", "Basic " + basic, "Content-Type", "application/x-www-form-urlencoded"),
                        "grant_type=client_credentials&scope="
                                + ObservabilityFiles.list(oauth2.get("scopes")).get(0))
                .expect(200)
                .text("/access_token");
    }
}
