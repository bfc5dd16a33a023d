package io.tillstream.local.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A Deployment of one overlay, and what its container is told. */
record Workload(String name, Node deployment, List<Node> resources) {

    static Workload of(String name, List<Node> resources) {
        return new Workload(name, find("Deployment", name, resources), resources);
    }

    static Node find(String kind, String name, List<Node> resources) {
        return resources.stream()
                .filter(one -> one.kind().equals(kind) && one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    static List<Node> all(String kind, List<Node> resources) {
        return resources.stream().filter(one -> one.kind().equals(kind)).toList();
    }

    Node pod() {
        return deployment.at("spec/template/spec");
    }

    Node container() {
        return pod().at("containers/0");
    }

    /** Its environment, as the kubelet puts it together. */
    Map<String, String> environment() {
        Map<String, String> all = new LinkedHashMap<>();
        for (Node from : container().at("envFrom").list()) {
            all.putAll(find("ConfigMap", from.at("configMapRef/name").text(), resources)
                    .at("data")
                    .map());
        }
        for (Node one : container().at("env").list()) {
            Node key = one.at("valueFrom/configMapKeyRef");
            String value = key.isThere()
                    ? find("ConfigMap", key.at("name").text(), resources)
                            .at("data")
                            .map()
                            .get(key.at("key").text())
                    : one.at("value").text();
            if (value == null || !one.at("value").isThere() && !key.isThere()) {
                throw new AssertionError(name + " is not told " + one.at("name").text());
            }
            all.put(one.at("name").text(), value);
        }
        return all;
    }

    /** Which key of which secret each file is, by its path below the mount. */
    Map<String, String> secretFiles() {
        Map<String, String> files = new TreeMap<>();
        for (Node volume : pod().at("volumes").list()) {
            for (Node source : volume.at("projected/sources").list()) {
                for (Node item : source.at("secret/items").list()) {
                    files.put(
                            item.at("path").text(),
                            source.at("secret/name").text() + "/"
                                    + item.at("key").text());
                }
            }
        }
        return files;
    }

    /** The secrets that it is given, as settings. */
    Set<String> secrets() {
        Set<String> names = new TreeSet<>(secretFiles().keySet());
        names.removeIf(name -> !name.matches("[A-Z_]+"));
        return names;
    }
}
