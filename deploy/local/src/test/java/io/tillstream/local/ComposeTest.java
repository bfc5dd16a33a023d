package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** docker-compose.yml cannot be run where there is no Docker; that it agrees with the launcher can be read. */
class ComposeTest {
    /** Where a container has another way: identity has another name there than for a browser. */
    private static final Set<String> COMPOSE_ONLY = Set.of("OIDC_JWKS_URL", "OIDC_TOKEN_URL");

    private static final Set<String> LAUNCHER_ONLY = Set.of("SERVER_ADDRESS", "SHUTDOWN_DELAY");

    @TempDir
    Path folder;

    private final LocalSettings settings = LocalSettings.standard();
    private Map<String, Object> services = Map.of();

    @BeforeEach
    void read() throws IOException {
        String file = Files.readString(settings.root().resolve("docker-compose.yml"));
        services = map(new Yaml().<Map<String, Object>>load(file).get("services"));
    }

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
            for (String name : List.of("SERVICE_CLIENT_ID", "SERVICE_CLIENT_SECRET", "OIDC_ISSUER", "TILLSTREAM_ENV")) {
                assertThat(environment(part))
                        .containsEntry(name, String.valueOf(launcher.of(part).get(name)));
            }
        }
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
                assertThat(PostgresServer.definitions()).contains("create database " + name + " owner tillstream");
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

    @Test
    void whoeverIsWaitedForExists() {
        services.values().forEach(service -> {
            Object dependencies = map(service).get("depends_on");
            if (dependencies != null) {
                assertThat(services).containsKeys(map(dependencies).keySet().toArray(String[]::new));
            }
        });
    }

    private Map<String, String> environment(Part part) {
        Map<String, String> all = new LinkedHashMap<>();
        Object file = service(part).get("env_file");
        if (file != null) {
            Properties common = new Properties();
            try {
                common.load(new StringReader(Files.readString(settings.root().resolve(file.toString()))));
            } catch (IOException cause) {
                throw new AssertionError(cause);
            }
            common.stringPropertyNames().forEach(name -> all.put(name, common.getProperty(name)));
        }
        map(service(part).get("environment")).forEach((name, value) -> all.put(name, String.valueOf(value)));
        return all;
    }

    private Map<String, Object> service(Part part) {
        return map(services.get(part.label()));
    }

    private static Map<String, Object> map(Object yaml) {
        Map<String, Object> copy = new LinkedHashMap<>();
        ((Map<?, ?>) yaml).forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
    }

    private static List<Object> list(Object yaml) {
        return new ArrayList<>(Arrays.asList(((List<?>) yaml).toArray()));
    }
}
