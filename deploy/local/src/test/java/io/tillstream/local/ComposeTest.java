package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docker-compose.yml cannot be run where there is no Docker; that it agrees with the launcher can be read. */
class ComposeTest {
    /** Where a container has another way: identity has another name there than for a browser, and traces have a place. */
    private static final Set<String> COMPOSE_ONLY = Set.of(
            "OIDC_JWKS_URL", "OIDC_TOKEN_URL", "TRACING_ENABLED", "TRACING_SAMPLING", "OTEL_EXPORTER_OTLP_ENDPOINT");

    private static final Set<String> OBSERVABILITY = Set.of("prometheus", "tempo", "grafana");

    private static final Set<String> LAUNCHER_ONLY = Set.of("SERVER_ADDRESS", "SHUTDOWN_DELAY");

    @TempDir
    Path folder;

    private final LocalSettings settings = LocalSettings.standard();
    private final ComposeFile compose = ComposeFile.of(settings.root());
    private final Map<String, Object> services = compose.services();

    @Test
    void everyPartIsThereOnItsPort() {
        for (Part part : settings.parts()) {
            assertThat(services).containsKey(part.label());
            if (part.isApplication()) {
                assertThat(environment(part)).containsEntry("SERVER_PORT", Integer.toString(part.defaultPort()));
            }
        }
        for (Part part : List.of(Part.POSTGRESQL, Part.KAFKA, Part.IDENTITY, Part.STRIPE_SIMULATOR, Part.GATEWAY)) {
            assertThat(list(service(part).get("ports")))
                    .singleElement()
                    .asString()
                    .startsWith("127.0.0.1:" + part.defaultPort() + ":");
        }
    }

    /** Their metrics ask for no token where they listen. */
    @Test
    void noServicesOwnPortIsOpened() {
        for (Part part :
                List.of(Part.ORDER_SERVICE, Part.PAYMENT_SERVICE, Part.SUBSCRIPTION_SERVICE, Part.WEBHOOK_INGEST)) {
            assertThat(service(part)).doesNotContainKeys("ports", "network_mode");
            assertThat(new Environment(settings, new Folders(folder)).of(part))
                    .describedAs("./run starts %s", part.label())
                    .containsEntry("SERVER_ADDRESS", "127.0.0.1");
        }
    }

    @Test
    void servicesAreToldTheSameThings() {
        Environment launcher = new Environment(settings, new Folders(folder));
        for (Part part : settings.parts()) {
            if (!part.isApplication() || part == Part.IDENTITY || part == Part.STRIPE_SIMULATOR) {
                continue;
            }
            Set<String> expected = new TreeSet<>(launcher.of(part).keySet());
            expected.removeAll(LAUNCHER_ONLY);
            Set<String> told = new TreeSet<>(environment(part).keySet());
            told.removeAll(COMPOSE_ONLY);
            assertThat(told).describedAs(part.label()).isEqualTo(expected);
            assertThat(environment(part))
                    .containsEntry("OIDC_ISSUER", launcher.of(part).get("OIDC_ISSUER"))
                    .containsEntry("TILLSTREAM_ENV", launcher.of(part).get("TILLSTREAM_ENV"));
            if (part.database().isPresent()) {
                assertThat(environment(part)).containsAllEntriesOf(Environment.file(part));
            }
        }
    }

    /** A browser knows no name of the containers' network: nobody could sign in or pay. */
    @Test
    void whatBrowsersAreGivenIsAnAddressOfTheHost() {
        assertThat(List.of(
                        environment(Part.GATEWAY).get("IDENTITY_URL"),
                        environment(Part.GATEWAY).get("STRIPE_JS_URL"),
                        environment(Part.STRIPE_SIMULATOR).get("SIMULATOR_PUBLIC_URL")))
                .allSatisfy(address -> assertThat(address).contains("http://127.0.0.1:"));
    }

    @Test
    void theSimulatorAndIngestShareASecret() {
        assertThat(environment(Part.STRIPE_SIMULATOR))
                .containsEntry(
                        "SIMULATOR_WEBHOOK_SECRET",
                        environment(Part.WEBHOOK_INGEST).get("STRIPE_WEBHOOK_SECRET"))
                .containsKeys(new Environment(settings, new Folders(folder))
                        .of(Part.STRIPE_SIMULATOR).keySet().stream()
                                .filter(name -> name.startsWith("SIMULATOR_"))
                                .toArray(String[]::new));
    }

    @Test
    void databasesAreThoseOfTheLauncher() {
        for (Part part : settings.parts()) {
            part.database().ifPresent(name -> {
                assertThat(environment(part).get("DB_URL")).endsWith("/" + name);
                Map<String, String> own = Environment.file(part);
                assertThat(PostgresDatabases.definitions())
                        .contains("create database " + name + " owner " + own.get("DB_USER"))
                        .contains("create role " + own.get("DB_USER") + " login password '" + own.get("DB_PASSWORD")
                                + "'");
            });
        }
        assertThat(list(service(Part.POSTGRESQL).get("volumes"))).anySatisfy(volume -> assertThat(volume.toString())
                .contains("io/tillstream/local/databases.sql:/docker-entrypoint-initdb.d/"));
    }

    @Test
    void imagesAreBuiltFromTheModules() {
        for (Part part : settings.parts()) {
            if (part.isApplication()) {
                Map<String, Object> build = map(service(part).get("build"));
                assertThat(map(build.get("args"))).containsEntry("MODULE", part.module());
                assertThat(settings.root().resolve(String.valueOf(build.get("dockerfile"))))
                        .exists();
                assertThat(settings.root().resolve(part.module()).resolve("pom.xml"))
                        .exists();
            }
        }
    }

    /** {@code --profile scale} adds to what runs without it, and changes nothing of that. */
    @Test
    void moreBrokersAndASecondOfEachConsumerCanBeAdded() {
        Map<Object, Object> nodes = new LinkedHashMap<>();
        for (String broker : List.of("kafka", "kafka-2", "kafka-3")) {
            Map<String, Object> environment = map(map(services.get(broker)).get("environment"));
            assertThat(nodes.put(environment.get("KAFKA_NODE_ID"), broker)).isNull();
            assertThat(environment)
                    .containsEntry("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@kafka:19093")
                    .containsEntry("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "${KAFKA_REPLICATION_FACTOR:-1}");
            assertThat(String.valueOf(environment.get("KAFKA_ADVERTISED_LISTENERS")))
                    .startsWith("INSIDE://" + broker + ":19092,");
        }
        for (Part part : settings.parts()) {
            assertThat(service(part)).doesNotContainKey("profiles");
            if (part.database().isPresent()) {
                assertThat(map(services.get(part.label() + "-2")))
                        .containsEntry("extends", Map.of("service", part.label()))
                        .containsEntry("profiles", List.of("scale"))
                        .containsEntry("networks", Map.of("default", Map.of("aliases", List.of(part.label()))));
            }
        }
    }

    @Test
    void whoeverIsWaitedForExists() {
        services.values().forEach(service -> {
            Object dependencies = map(service).get("depends_on");
            if (dependencies != null) {
                assertThat(services).containsKeys(map(dependencies).keySet().toArray(String[]::new));
            }
        });
    }

    /** Whoever starts the shop alone starts none of it; whoever starts it finds every file where it is looked for. */
    @Test
    void whatWatchesIsThereWhenItIsAskedForOnly() {
        for (String name : OBSERVABILITY) {
            Map<String, Object> service = map(services.get(name));
            assertThat(list(service.get("profiles"))).containsExactly("observability");
            assertThat(String.valueOf(service.get("image"))).matches("[\\w./-]+:v?\\d+\\.\\d+\\.\\d+");
            for (Object volume : list(service.get("volumes"))) {
                String from = volume.toString().split(":")[0];
                if (from.startsWith(".")) {
                    assertThat(settings.root().resolve(from)).exists();
                }
            }
        }
    }

    /** A service whose port is another there would not be watched, and nobody would hear of it. */
    @Test
    void prometheusReadsEveryServiceOnItsPort() throws IOException {
        String file = Files.readString(settings.root().resolve("deploy/observability/prometheus.yml"));
        for (Part part : Part.applications()) {
            if (part != Part.IDENTITY && part != Part.STRIPE_SIMULATOR) {
                assertThat(file).contains(part.label() + ":" + part.defaultPort());
            }
        }
        assertThat(file).contains(String.valueOf(environment(Part.GATEWAY).get("OIDC_TOKEN_URL")));
    }

    private Map<String, String> environment(Part part) {
        return compose.environment(part);
    }

    private Map<String, Object> service(Part part) {
        return compose.service(part);
    }

    private static Map<String, Object> map(Object yaml) {
        return ComposeFile.map(yaml);
    }

    private static List<Object> list(Object yaml) {
        return ComposeFile.list(yaml);
    }
}
