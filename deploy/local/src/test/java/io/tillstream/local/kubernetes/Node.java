package io.tillstream.local.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A place in a document of YAML, or where there is none. */
record Node(@Nullable Object value) {

    /** One below another, parted by slashes as keys have dots. */
    Node at(String path) {
        @Nullable Object here = value;
        for (String step : path.split("/", -1)) {
            if (here instanceof Map<?, ?> map) {
                here = map.get(step);
            } else if (here instanceof List<?> list) {
                here = list.get(Integer.parseInt(step));
            } else {
                here = null;
            }
        }
        return new Node(here);
    }

    boolean isThere() {
        return value != null;
    }

    String text() {
        return String.valueOf(value);
    }

    long number() {
        return Long.parseLong(text());
    }

    List<Node> list() {
        return value instanceof List<?> list ? list.stream().map(Node::new).toList() : List.of();
    }

    List<String> texts() {
        return list().stream().map(Node::text).toList();
    }

    Map<String, String> map() {
        Map<String, String> copy = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, one) -> copy.put(String.valueOf(name), String.valueOf(one)));
        }
        return copy;
    }

    /** Of a list, the one whose field is that. */
    Node where(String field, String is) {
        return list().stream()
                .filter(one -> one.at(field).text().equals(is))
                .findFirst()
                .orElseThrow(() -> new AssertionError("none with " + field + " " + is + " in " + value));
    }

    String kind() {
        return at("kind").text();
    }

    String name() {
        return at("metadata/name").text();
    }

    @Override
    public String toString() {
        return at("kind").isThere() ? kind() + " " + name() : text();
    }
}
