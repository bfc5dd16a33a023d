package io.tillstream.simulator.surface;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe publishes of its objects: every field with its type, its words, whether it may be null and whether it may be
 * missing. The file is written by {@code published-types/write} from what Stripe generates from its OpenAPI specification.
 */
public final class PublishedObjects {
    private static final String OBJECT = "object";

    private final Map<String, Field> objects;

    /** A field, or a parameter: what it may be, and what is in it. */
    record Field(List<String> kinds, boolean optional, Map<String, Field> fields) {}

    private PublishedObjects(Map<String, Field> objects) {
        this.objects = objects;
    }

    public static PublishedObjects read() {
        return new PublishedObjects(tree("/published-objects.txt"));
    }

    /** By what a line without indent says; a {@code ?} behind a name tells that it may be missing. */
    static Map<String, Field> tree(String file) {
        Map<String, Field> all = new TreeMap<>();
        List<Map<String, Field>> within = new ArrayList<>(List.of(all));
        for (String line : lines(file)) {
            int depth = line.length() - line.stripLeading().length();
            String[] words =
                    depth == 0 ? new String[] {line, OBJECT} : line.strip().split(" ", 2);
            boolean optional = words[0].endsWith("?");
            Field field = new Field(List.of(words[1].split(", ", -1)), optional, new TreeMap<>());
            within.subList(depth + 1, within.size()).clear();
            within.get(depth).put(optional ? words[0].substring(0, words[0].length() - 1) : words[0], field);
            within.add(field.fields());
        }
        return all;
    }

    private static List<String> lines(String name) {
        try (InputStream file = PublishedObjects.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What of an answer, and of all objects and lists in it, is not as Stripe publishes it. */
    public List<String> breaches(JsonNode answer) {
        List<String> breaches = new ArrayList<>();
        anything("", answer, breaches);
        return breaches;
    }

    private void anything(String path, JsonNode node, List<String> breaches) {
        Field field = field(node);
        if (field != null) {
            fields(path.isEmpty() ? name(node) : path + " " + name(node), field, node, breaches);
        } else if (node.isContainer()) {
            for (JsonNode each : node) {
                anything(path, each, breaches);
            }
        }
    }

    private @Nullable Field field(JsonNode node) {
        return node.isObject() && node.path(OBJECT).isString() ? objects.get(name(node)) : null;
    }

    private static String name(JsonNode node) {
        return (node.path("deleted").asBoolean(false) ? "deleted " : "")
                + node.path(OBJECT).asString("");
    }

    private void fields(String path, Field of, JsonNode node, List<String> breaches) {
        of.fields().forEach((name, field) -> {
            if (!field.optional() && !node.has(name)) {
                breaches.add(path + ": " + name + " is missing");
            }
        });
        node.properties().forEach(each -> {
            Field field = of.fields().get(each.getKey());
            if (field == null) {
                breaches.add(path + ": " + each.getKey() + " is unknown");
            } else {
                value(path + "." + each.getKey(), field, field.kinds(), each.getValue(), breaches);
            }
        });
    }

    private void value(String path, Field of, List<String> kinds, JsonNode node, List<String> breaches) {
        if (kinds.stream().noneMatch(kind -> fits(of, kind, node))) {
            String shown = node.isContainer() ? node.getNodeType() + " " + name(node) : node.toString();
            breaches.add(path + " cannot be " + shown + " (" + shortened(String.join(", ", kinds)) + ")");
        } else if (node.isArray()) {
            List<String> element = kinds.stream()
                    .filter(kind -> kind.startsWith("list "))
                    .flatMap(kind ->
                            Arrays.stream(kind.substring("list ".length()).split("/", -1)))
                    .toList();
            node.forEach(each -> value(path + "[]", of, element, each, breaches));
        } else if (node.isObject() && kinds.stream().anyMatch(kind -> kind.startsWith("map "))) {
            List<String> element = kinds.stream()
                    .filter(kind -> kind.startsWith("map "))
                    .flatMap(kind ->
                            Arrays.stream(kind.substring("map ".length()).split("/", -1)))
                    .toList();
            node.forEach(each -> value(path + "{}", of, element, each, breaches));
        } else if (node.isObject()
                && (field(node) != null || node.path(OBJECT).asString("").equals("list"))) {
            anything(path, node, breaches);
        } else if (node.isObject() && kinds.contains(OBJECT) && !of.fields().isEmpty()) {
            fields(path, of, node, breaches);
        }
    }

    private static String shortened(String text) {
        return text.length() > 120 ? text.substring(0, 120) + "…" : text;
    }

    private static boolean fits(Field of, String kind, JsonNode node) {
        if (kind.startsWith("@")) {
            return node.isObject() && name(node).equals(kind.substring(1));
        }
        if (kind.startsWith("=")) {
            return node.isString()
                    && Arrays.asList(kind.substring(1).split("\\|", -1)).contains(node.asString());
        }
        if (kind.startsWith("list ")) {
            return node.isArray();
        }
        if (kind.startsWith("page ")) {
            return node.path(OBJECT).asString("").equals("list")
                    && node.path("data").isArray();
        }
        return switch (kind.startsWith("map ") ? "map" : kind) {
            case "any" -> true;
            case "null" -> node.isNull();
            case "string" -> node.isString();
            case "decimal" -> node.isString() && node.asString().matches("-?\\d+(\\.\\d+)?");
            case "number" -> node.isNumber();
            case "boolean" -> node.isBoolean();
            case "object" -> node.isObject();
            case "map" -> node.isObject();
            default -> throw new IllegalStateException(of + " has the kind " + kind);
        };
    }
}
