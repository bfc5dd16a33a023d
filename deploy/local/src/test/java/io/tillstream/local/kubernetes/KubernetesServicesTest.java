package io.tillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The five services are told in the cluster what they are told by docker-compose.yml, and nothing that they do not read. */
class KubernetesServicesTest {

    /**
     * Of the gateway: where pages reach the identity provider under the issuer's name, it is not needed. Traces stay here until
     * somebody names what collects them.
     */
    private static final Set<String> NOT_NEEDED =
            Set.of("IDENTITY_URL", "TRACING_ENABLED", "TRACING_SAMPLING", "OTEL_EXPORTER_OTLP_ENDPOINT");

    private static final Pattern ADDRESS = Pattern.compile("(?:http|postgresql)://([a-z][a-z0-9-]*):(\\d+)(/.*)?");

    private static final List<String> PARTS = Stream.concat(
                    Repository.SERVICES.stream(), Stream.of("identity", "stripe-simulator"))
            .toList();

    private static final List<Node> KIND = Kustomization.render("overlays/kind");
    private static final List<Node> PRODUCTION = Kustomization.render("overlays/production");

    @Test
    void everyPartIsReachedOnItsPort() {
        for (String part : PARTS) {
            String port = ServiceSettings.ofCompose(part).get("SERVER_PORT");
            Workload workload = Workload.of(part, KIND);
            assertThat(workload.environment()).containsEntry("SERVER_PORT", String.valueOf(port));
            assertThat(workload.container().at("ports/0/containerPort").text()).isEqualTo(port);
            assertThat(workload.container().at("ports/0/name").text()).isEqualTo("http");
            Node service = Workload.find("Service", part, KIND);
            assertThat(service.at("spec/ports/0/port").text()).isEqualTo(port);
            assertThat(service.at("spec/ports/0/targetPort").text()).isEqualTo("http");
            assertThat(service.at("spec/selector").map())
                    .isEqualTo(workload.deployment()
                            .at("spec/selector/matchLabels")
                            .map());
            assertThat(workload.deployment().at("spec/template/metadata/labels").map())
                    .containsAllEntriesOf(service.at("spec/selector").map());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/kind", "overlays/production"})
    void everyAddressLeadsToAServiceOfThatPort(String overlay) {
        List<Node> resources = Kustomization.render(overlay);
        for (String part : Repository.SERVICES) {
            Workload.of(part, resources).environment().forEach((name, value) -> {
                Matcher address = ADDRESS.matcher(value);
                if (address.matches() && !address.group(1).startsWith("postgresql") && !value.contains("localhost")) {
                    Node service = Workload.find("Service", address.group(1), resources);
                    assertThat(service.at("spec/ports/0/port").text())
                            .describedAs("%s of %s", name, part)
                            .isEqualTo(address.group(2));
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/kind", "overlays/production"})
    void everySettingIsReadAndToldInTheReadme(String overlay) {
        List<Node> resources = Kustomization.render(overlay);
        String readme = Repository.text("README.md");
        for (String part : Repository.SERVICES) {
            Set<String> told =
                    new TreeSet<>(Workload.of(part, resources).environment().keySet());
            told.removeIf(name -> name.startsWith("SPRING_"));
            assertThat(told).describedAs(part).isSubsetOf(new ServiceSettings(part).read());
            assertThat(told).allSatisfy(name -> assertThat(readme).contains("`" + name + "`"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/kind", "overlays/production"})
    void whatComposeTellsIsToldHereToo(String overlay) {
        List<Node> resources = Kustomization.render(overlay);
        for (String part : Repository.SERVICES) {
            ServiceSettings settings = new ServiceSettings(part);
            Set<String> expected = new TreeSet<>(settings.ofCompose().keySet());
            expected.retainAll(settings.read());
            expected.removeAll(NOT_NEEDED);
            Workload workload = Workload.of(part, resources);
            Set<String> told = new TreeSet<>(workload.environment().keySet());
            told.addAll(workload.secrets());
            assertThat(told).describedAs(part).containsAll(expected);
        }
    }

    @Test
    void theOverlayOfKindHasTheValuesOfCompose() {
        for (String part : Repository.SERVICES) {
            Map<String, String> compose = ServiceSettings.ofCompose(part);
            Map<String, String> here = Workload.of(part, KIND).environment();
            for (String name : List.of("OIDC_ISSUER", "OIDC_AUDIENCE", "TILLSTREAM_ENV", "OIDC_JWKS_URL")) {
                if (here.containsKey(name)) {
                    assertThat(here).describedAs(part).containsEntry(name, String.valueOf(compose.get(name)));
                }
            }
        }
    }

    @Test
    void aSecretIsGivenToThoseAloneWhoReadIt() {
        for (String part : Repository.SERVICES) {
            Workload workload = Workload.of(part, PRODUCTION);
            assertThat(workload.secrets()).describedAs(part).isEqualTo(new ServiceSettings(part).secrets());
            assertThat(workload.environment().keySet())
                    .noneMatch(name ->
                            name.endsWith("SECRET") || name.endsWith("PASSWORD") || name.endsWith("SECRET_KEY"));
            assertThat(workload.secretFiles().values()).allSatisfy(secret -> assertThat(secret)
                    .matches("(" + part + "|(orders|payments|subscriptions)-database|kafka-" + part
                            + "|kafka-cluster-ca-cert|postgresql-ca)/.*"));
            if (!workload.secretFiles().isEmpty()) {
                assertThat(workload.environment())
                        .containsEntry(
                                "SPRING_CONFIG_IMPORT",
                                "configtree:"
                                        + workload.container()
                                                .at("volumeMounts")
                                                .where("name", "secrets")
                                                .at("mountPath")
                                                .text()
                                        + "/");
            }
        }
    }

    /** Those of the operators are made by them: KubernetesKafkaTest and KubernetesPostgresqlTest know their names. */
    @Test
    void everySecretIsThereOnKindAndAskedForInTheReadme() {
        String readme = Repository.text("deploy/kubernetes/README.md");
        for (String part : Repository.SERVICES) {
            for (String secret : Workload.of(part, PRODUCTION).secretFiles().values()) {
                String name = secret.substring(0, secret.indexOf('/'));
                String key = secret.substring(secret.indexOf('/') + 1);
                if (name.startsWith("kafka-") || name.equals("postgresql-ca")) {
                    continue;
                }
                assertThat(Workload.find("Secret", name, KIND).at("stringData").map())
                        .containsKey(key);
                assertThat(String.join(" ", Repository.row("`" + name + "`", readme)))
                        .contains("`" + key + "`");
            }
        }
    }

    @Test
    void theSimulatorSignsWithTheSecretThatIngestKnows() {
        assertThat(Workload.of("stripe-simulator", KIND).environment())
                .containsEntry(
                        "SIMULATOR_WEBHOOK_SECRET",
                        Workload.find("Secret", "webhook-ingest", KIND)
                                .at("stringData/STRIPE_WEBHOOK_SECRET")
                                .text())
                .containsKeys(ServiceSettings.ofCompose("stripe-simulator").keySet().stream()
                        .filter(name -> name.startsWith("SIMULATOR_"))
                        .toArray(String[]::new));
    }
}
