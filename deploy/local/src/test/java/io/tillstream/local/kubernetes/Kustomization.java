package io.tillstream.local.kubernetes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Kustomize makes of a folder, for the few of its features that are used here; any other is an error. Where kubectl
 * is, {@code KubernetesRenderingTest} compares the two.
 */
final class Kustomization {

    private static final Set<String> KNOWN =
            Set.of("apiVersion", "kind", "namespace", "resources", "patches", "images");

    private final Path folder;
    private final Map<String, Object> file;

    private Kustomization(Path folder) {
        this.folder = folder;
        this.file = map(Repository.yaml(folder.resolve("kustomization.yaml")).get(0));
        if (!KNOWN.containsAll(file.keySet())) {
            throw new AssertionError(folder + " uses what is not known here: " + file.keySet());
        }
    }

    /** Resources of {@code deploy/kubernetes} in this folder of it. */
    static List<Node> render(String folder) {
        return new Kustomization(Repository.path("deploy/kubernetes").resolve(folder))
                .render().stream().map(Node::new).toList();
    }

    private List<Map<String, Object>> render() {
        List<Map<String, Object>> resources = new ArrayList<>();
        for (Object entry : list(file.get("resources"))) {
            Path path = folder.resolve(entry.toString()).normalize();
            if (Files.isDirectory(path)) {
                resources.addAll(new Kustomization(path).render());
            } else {
                Repository.yaml(path).forEach(document -> resources.add(map(document)));
            }
        }
        unique(resources);
        list(file.get("patches")).forEach(patch -> apply(map(patch), resources));
        list(file.get("images")).forEach(image -> tag(map(image), resources));
        if (file.containsKey("namespace")) {
            resources.forEach(this::settle);
        }
        return resources;
    }

    private void settle(Map<String, Object> resource) {
        if (!"Namespace".equals(resource.get("kind"))) {
            Map<String, Object> metadata = map(resource.get("metadata"));
            metadata.put("namespace", file.get("namespace"));
            resource.put("metadata", metadata);
        }
    }

    private void apply(Map<String, Object> patch, List<Map<String, Object>> resources) {
        Map<String, Object> target = map(patch.get("target"));
        Object change = patch.containsKey("path")
                ? Repository.yaml(folder.resolve(String.valueOf(patch.get("path"))))
                        .get(0)
                : Repository.yaml(String.valueOf(patch.get("patch"))).get(0);
        int applied = 0;
        for (int i = 0; i < resources.size(); i++) {
            if (isMeant(target, resources.get(i))) {
                resources.set(i, map(Patch.apply(change, resources.get(i))));
                applied++;
            }
        }
        if (applied == 0) {
            throw new AssertionError(folder + ": nothing is meant by " + target);
        }
    }

    private static boolean isMeant(Map<String, Object> target, Map<String, Object> resource) {
        Node node = new Node(resource);
        return target.get("kind").equals(node.kind())
                && (!target.containsKey("name") || target.get("name").equals(node.name()));
    }

    private void tag(Map<String, Object> image, List<Map<String, Object>> resources) {
        int tagged = 0;
        for (Map<String, Object> resource : resources) {
            for (Node container :
                    new Node(resource).at("spec/template/spec/containers").list()) {
                if (container.at("image").text().equals(image.get("name"))) {
                    put(container, "image", image.get("name") + ":" + image.get("newTag"));
                    tagged++;
                }
            }
        }
        if (tagged == 0) {
            throw new AssertionError(folder + ": nobody uses the image " + image);
        }
    }

    @SuppressWarnings("unchecked")
    private static void put(Node container, String name, Object value) {
        if (container.value() instanceof Map<?, ?> map) {
            ((Map<String, Object>) map).put(name, value);
        }
    }

    private static void unique(List<Map<String, Object>> resources) {
        Set<String> seen = new java.util.HashSet<>();
        for (Map<String, Object> resource : resources) {
            if (!seen.add(new Node(resource).toString())) {
                throw new AssertionError("twice: " + new Node(resource));
            }
        }
    }

    static Map<String, Object> map(@Nullable Object yaml) {
        Map<String, Object> copy = new LinkedHashMap<>();
        if (yaml instanceof Map<?, ?> map) {
            map.forEach((name, value) -> copy.put(String.valueOf(name), value));
        }
        return copy;
    }

    static List<Object> list(@Nullable Object yaml) {
        return yaml instanceof List<?> list ? new ArrayList<>(list) : new ArrayList<>();
    }
}
