package io.tillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How pods start, are asked, stop, and what they may: what the namespace's "restricted" asks for, and more. */
class KubernetesPodsTest {

    private static final List<Node> KIND = Kustomization.render("overlays/kind");
    private static final List<Node> PRODUCTION = Kustomization.render("overlays/production");

    @Test
    void probesAskWhatTheServicesAnswer() {
        assertThat(Repository.text("common-web/src/main/resources/tillstream-web.yml"))
                .contains("add-additional-paths: true # /livez and /readyz");
        for (String part : Repository.SERVICES) {
            assertProbes(Workload.of(part, PRODUCTION), "/livez", "/readyz");
        }
        for (String part : List.of("identity", "stripe-simulator")) {
            assertProbes(Workload.of(part, KIND), "/actuator/health/liveness", "/actuator/health/readiness");
        }
    }

    private static void assertProbes(Workload workload, String liveness, String readiness) {
        Map.of("startupProbe", liveness, "livenessProbe", liveness, "readinessProbe", readiness)
                .forEach((probe, path) -> {
                    Node asked = workload.container().at(probe + "/httpGet");
                    assertThat(asked.at("path").text())
                            .describedAs(workload.name())
                            .isEqualTo(path);
                    assertThat(asked.at("port").text()).isEqualTo("http");
                });
    }

    @Test
    void aPodHasAsLongToStopAsAContainerOfCompose() {
        for (String part : Repository.SERVICES) {
            assertThat(Workload.of(part, PRODUCTION)
                                    .pod()
                                    .at("terminationGracePeriodSeconds")
                                    .text() + "s")
                    .isEqualTo(ServiceSettings.compose()
                            .at("services/" + part + "/stop_grace_period")
                            .text());
        }
    }

    @Test
    void aPodHasTheMemoryOfCompose() {
        for (String part : Repository.SERVICES) {
            String compose = ServiceSettings.compose()
                    .at("services/" + part + "/mem_limit")
                    .text();
            Node resources = Workload.of(part, PRODUCTION).container().at("resources");
            assertThat(resources.at("limits/memory").text()).isEqualTo(compose.replace("m", "Mi"));
            assertThat(resources.at("requests/memory").text()).isEqualTo(compose.replace("m", "Mi"));
            assertThat(resources.at("requests/cpu").isThere()).isTrue();
        }
    }

    @Test
    void nobodyIsRootOrMayWriteOrHasAToken() {
        String user = Repository.one("useradd --system --uid (\\d+)", Repository.text("deploy/docker/Dockerfile"));
        for (Node deployment : Workload.all("Deployment", KIND)) {
            Node pod = deployment.at("spec/template/spec");
            assertThat(pod.at("securityContext").map())
                    .describedAs(deployment.name())
                    .containsEntry("runAsNonRoot", "true")
                    .containsEntry("runAsUser", user);
            assertThat(pod.at("securityContext/seccompProfile/type").text()).isEqualTo("RuntimeDefault");
            assertThat(pod.at("automountServiceAccountToken").text()).isEqualTo("false");
            assertThat(pod.at("enableServiceLinks").text()).isEqualTo("false");
            Node container = pod.at("containers/0");
            assertThat(container.at("securityContext").map())
                    .containsEntry("readOnlyRootFilesystem", "true")
                    .containsEntry("allowPrivilegeEscalation", "false");
            assertThat(container.at("securityContext/capabilities/drop").texts())
                    .containsExactly("ALL");
            assertThat(container
                            .at("volumeMounts")
                            .where("name", "tmp")
                            .at("mountPath")
                            .text())
                    .isEqualTo("/tmp");
            assertThat(pod.at("volumes")
                            .where("name", "tmp")
                            .at("emptyDir/medium")
                            .text())
                    .isEqualTo("Memory");
        }
        assertThat(Workload.find("Namespace", "tillstream", PRODUCTION)
                        .at("metadata/labels")
                        .map())
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
    }

    @Test
    void eachServiceHasABudgetAccountAndSpreadOfItsOwn() {
        for (String part : Repository.SERVICES) {
            Workload workload = Workload.of(part, PRODUCTION);
            Map<String, String> labels =
                    workload.deployment().at("spec/selector/matchLabels").map();
            assertThat(Workload.find("PodDisruptionBudget", part, PRODUCTION)
                            .at("spec/selector/matchLabels")
                            .map())
                    .isEqualTo(labels);
            assertThat(workload.pod().at("serviceAccountName").text()).isEqualTo(part);
            assertThat(Workload.find("ServiceAccount", part, PRODUCTION)
                            .at("automountServiceAccountToken")
                            .text())
                    .isEqualTo("false");
            Set<String> spread = workload.pod().at("topologySpreadConstraints").list().stream()
                    .map(one -> one.at("topologyKey").text())
                    .collect(Collectors.toSet());
            assertThat(spread).containsExactlyInAnyOrder("topology.kubernetes.io/zone", "kubernetes.io/hostname");
        }
    }

    /** One that is new takes requests before an old one goes. */
    @Test
    void aRollOutTakesNobodyAway() {
        for (String part : Repository.SERVICES) {
            Node deployment = Workload.of(part, PRODUCTION).deployment();
            assertThat(deployment
                            .at("spec/strategy/rollingUpdate/maxUnavailable")
                            .text())
                    .isEqualTo("0");
            // Else each apply takes back what the autoscaler has decided.
            assertThat(deployment.at("spec/replicas").isThere()).isFalse();
        }
    }

    @Test
    void imagesAreThoseOfTheModules() {
        for (Node deployment : Workload.all("Deployment", KIND)) {
            assertThat(deployment.at("spec/template/spec/containers/0/image").text())
                    .isEqualTo("tillstream/" + deployment.name() + ":local");
            assertThat(ServiceSettings.compose()
                            .at("services/" + deployment.name() + "/build/args/MODULE")
                            .text())
                    .endsWith(deployment.name());
        }
        assertThat(Workload.all("Deployment", KIND)).hasSize(7);
        assertThat(Workload.all("Deployment", PRODUCTION)).hasSize(5);
    }
}
