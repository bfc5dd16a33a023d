package io.tillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The other tests here read what {@link Kustomization} renders: it has to be what an operator gets. */
class KubernetesRenderingTest {

    @ParameterizedTest
    @ValueSource(strings = {"overlays/kind", "overlays/production"})
    void kubectlRendersTheSame(String folder) throws IOException {
        assumeThat(hasKubectl()).describedAs("kubectl is here").isTrue();
        Process kubectl = new ProcessBuilder(
                        "kubectl",
                        "kustomize",
                        Repository.path("deploy/kubernetes").resolve(folder).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String rendered = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(byName(Kustomization.render(folder)))
                .isEqualTo(
                        byName(Repository.yaml(rendered).stream().map(Node::new).toList()));
    }

    private static Map<String, Object> byName(List<Node> resources) {
        return resources.stream()
                .collect(Collectors.toMap(Node::toString, one -> sorted(one.value()), (a, b) -> b, TreeMap::new));
    }

    /** Kustomize puts what is merged in before the others: where items have names, their order means nothing. */
    private static Object sorted(Object yaml) {
        if (yaml instanceof Map<?, ?>) {
            Map<String, Object> map = new TreeMap<>(Kustomization.map(yaml));
            map.replaceAll((name, value) -> sorted(value));
            return map;
        }
        if (yaml instanceof List<?>) {
            List<Object> list = Kustomization.list(yaml);
            list.replaceAll(KubernetesRenderingTest::sorted);
            if (list.stream()
                    .allMatch(item -> item instanceof Map<?, ?> map
                            && (map.containsKey("name") || map.containsKey("mountPath")))) {
                list.sort(Comparator.comparing(Object::toString));
            }
            return list;
        }
        return yaml;
    }

    private static boolean hasKubectl() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
    }
}
