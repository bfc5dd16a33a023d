package io.tillstream.local.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A change of a resource: a list of operations (RFC 6902), or a part of it that is merged in, as Kubernetes merges. */
final class Patch {

    /** By which field items of a list are the same: patchMergeKey in the API of Kubernetes. */
    private static final Map<String, String> KEYS = Map.of(
            "containers",
            "name",
            "env",
            "name",
            "volumes",
            "name",
            "volumeMounts",
            "mountPath",
            "ports",
            "containerPort");

    private Patch() {}

    static Object apply(Object change, Map<String, Object> resource) {
        if (change instanceof List<?> operations) {
            Object changed = deepCopy(resource);
            operations.forEach(operation -> operate(new Node(operation), changed));
            return changed;
        }
        Map<String, Object> merged = Kustomization.map(merge(change, resource, ""));
        merged.put("metadata", resource.get("metadata")); // whose name it has does not matter, as a target is told
        return merged;
    }

    @SuppressWarnings("unchecked")
    private static void operate(Node operation, Object resource) {
        String path = operation.at("path").text();
        String parent = path.substring(1, Math.max(1, path.lastIndexOf('/')));
        String last = path.substring(path.lastIndexOf('/') + 1);
        Object place =
                parent.isEmpty() ? resource : new Node(resource).at(parent).value();
        String op = operation.at("op").text();
        boolean isNew = op.equals("add");
        if (place instanceof Map<?, ?> map && map.containsKey(last) != isNew) {
            if (op.equals("remove")) {
                map.remove(last);
            } else {
                ((Map<String, Object>) map)
                        .put(last, new Node(operation.value()).at("value").value());
            }
            return;
        }
        throw new AssertionError("cannot " + op + " " + path + " of " + new Node(resource));
    }

    private static Object merge(Object change, @Nullable Object into, String field) {
        if (change instanceof Map<?, ?> map && into instanceof Map<?, ?>) {
            Map<String, Object> merged = Kustomization.map(into);
            map.forEach((name, value) -> merged.put(
                    String.valueOf(name), merge(value, merged.get(String.valueOf(name)), String.valueOf(name))));
            return merged;
        }
        if (change instanceof List<?> list && into instanceof List<?> && KEYS.containsKey(field)) {
            List<Object> merged = Kustomization.list(into);
            list.forEach(item -> mergeItem(item, merged, KEYS.get(field)));
            return merged;
        }
        return deepCopy(change);
    }

    private static void mergeItem(Object item, List<Object> merged, String key) {
        String name = new Node(item).at(key).text();
        Optional<Object> same = merged.stream()
                .filter(one -> new Node(one).at(key).text().equals(name))
                .findFirst();
        same.ifPresentOrElse(
                one -> merged.set(merged.indexOf(one), merge(item, one, "")), () -> merged.add(deepCopy(item)));
    }

    private static Object deepCopy(Object yaml) {
        if (yaml instanceof Map<?, ?>) {
            Map<String, Object> copy = Kustomization.map(yaml);
            copy.replaceAll((name, value) -> value == null ? value : deepCopy(value));
            return copy;
        }
        if (yaml instanceof List<?>) {
            List<Object> copy = Kustomization.list(yaml);
            copy.replaceAll(Patch::deepCopy);
            return copy;
        }
        return yaml;
    }
}
