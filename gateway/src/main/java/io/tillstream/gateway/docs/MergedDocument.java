package io.tillstream.gateway.docs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.util.StringUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Several services' OpenAPI documents as one: public paths only, schemas of the same name kept apart if they differ. */
final class MergedDocument {

    private static final String SCHEMAS = "#/components/schemas/";
    private static final String JSON = "application/json";
    private static final String PROBLEM = "Problem"; // what any error is, also one that no operation names

    private static final Pattern PLAIN_NAME = Pattern.compile("[a-z][A-Za-z]*+");

    private final ObjectNode merged;

    MergedDocument(JsonNode base) {
        this.merged = (ObjectNode) base.deepCopy();
        merged.withObjectProperty("paths");
        merged.withObjectProperty("components").withObjectProperty("schemas");
        merged.putArray("servers").addObject().put("url", "/");
    }

    /** Adds a service's document, which is not changed. */
    void add(String service, JsonNode document) {
        JsonNode renamed = withoutClashes(service, document);
        ObjectNode schemas = merged.withObjectProperty("components").withObjectProperty("schemas");
        renamed.path("components").path("schemas").properties().forEach(one -> {
            if (!schemas.has(one.getKey())) {
                schemas.set(one.getKey(), one.getValue());
            }
        });
        ObjectNode paths = merged.withObjectProperty("paths");
        renamed.path("paths").properties().forEach(path -> {
            if (isPublic(path.getKey())) {
                ObjectNode operations = paths.withObjectProperty(path.getKey());
                path.getValue().properties().forEach(one -> addOperation(path.getKey(), operations, one));
            }
        });
    }

    /** With the schemas that its paths lead to; what services say only to each other is left out. */
    JsonNode json() {
        ObjectNode schemas = merged.withObjectProperty("components").withObjectProperty("schemas");
        Set<String> used = new LinkedHashSet<>();
        Deque<String> next = new ArrayDeque<>();
        references(merged.path("paths"), next);
        next.push(PROBLEM);
        while (!next.isEmpty()) {
            String name = next.pop();
            if (used.add(name)) {
                references(schemas.path(name), next);
            }
        }
        List<String> unused = schemas.propertyNames().stream()
                .filter(name -> !used.contains(name))
                .toList();
        unused.forEach(schemas::remove);
        return merged;
    }

    private static void references(JsonNode node, Deque<String> found) {
        String reference = node.path("$ref").asString("");
        if (reference.startsWith(SCHEMAS)) {
            found.push(reference.substring(SCHEMAS.length()));
        }
        node.forEach(child -> references(child, found));
    }

    private static boolean isPublic(String path) {
        return path.startsWith("/api/") || path.startsWith("/webhooks/");
    }

    private static void addOperation(String path, ObjectNode operations, Map.Entry<String, JsonNode> added) {
        JsonNode known = operations.path(added.getKey());
        if (known.equals(added.getValue())) {
            return; // what each service has, and the gateway asks the one that is named
        }
        if (known.isMissingNode() || !known.isObject()) {
            operations.set(added.getKey(), named(added.getKey(), path, added.getValue()));
        } else {
            join((ObjectNode) known, added.getValue());
        }
    }

    /** As the service names it; what it had to number, {@code GET /api/a/{id}/b}, is {@code getAIdB}. */
    private static JsonNode named(String method, String path, JsonNode operation) {
        String given = operation.path("operationId").asString("");
        if (operation instanceof ObjectNode object && !PLAIN_NAME.matcher(given).matches()) {
            StringBuilder name = new StringBuilder(method);
            for (String word : path.replaceFirst("^/api/", "").split("[^A-Za-z0-9]+", -1)) {
                name.append(StringUtils.capitalize(word));
            }
            object.put("operationId", name.toString());
        }
        return operation;
    }

    /** One endpoint that several services share by what is in the body: either body, all answers. */
    private static void join(ObjectNode known, JsonNode added) {
        JsonNode more = schema(added);
        JsonNode before = schema(known);
        if (more.isObject() && before.isObject() && !more.equals(before)) {
            anyOf(
                    "oneOf",
                    (ObjectNode) known.path("requestBody").path("content").path(JSON),
                    before,
                    more);
        }
        ObjectNode answers = known.withObjectProperty("responses");
        added.path("responses").properties().forEach(answer -> {
            if (!answers.has(answer.getKey())) {
                answers.set(answer.getKey(), answer.getValue());
            } else {
                either(answers.path(answer.getKey()), answer.getValue());
            }
        });
        known.put("description", known.path("description").asString("") + "\n\n" + told(known, added));
    }

    private static String told(JsonNode known, JsonNode added) {
        String summary = added.path("summary").asString("");
        String more = added.path("description").asString("");
        if (summary.equals(known.path("summary").asString(""))) {
            return more; // the heading has said it
        }
        return more.isEmpty() ? summary + "." : summary + ". " + more;
    }

    /** An answer of one of several services has one of their schemas; it may meet another's as well. */
    private static void either(JsonNode known, JsonNode added) {
        JsonNode more = added.path("content").path(JSON).path("schema");
        JsonNode before = known.path("content").path(JSON).path("schema");
        if (more.isObject() && before.isObject() && !more.equals(before)) {
            anyOf("anyOf", (ObjectNode) known.path("content").path(JSON), before, more);
        }
    }

    private static void anyOf(String word, ObjectNode media, JsonNode before, JsonNode more) {
        List<JsonNode> all = new ArrayList<>();
        if (before.has(word)) {
            before.path(word).forEach(all::add);
        } else {
            all.add(before);
        }
        if (!all.contains(more)) {
            all.add(more);
        }
        ArrayNode either = media.putObject("schema").putArray(word);
        all.forEach(either::add);
    }

    private static JsonNode schema(JsonNode operation) {
        return operation
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema");
    }

    /** Renames schemas that another service has under the same name with other content, and every reference to them. */
    private JsonNode withoutClashes(String service, JsonNode document) {
        JsonNode known = merged.path("components").path("schemas");
        Map<String, String> renames = new LinkedHashMap<>();
        document.path("components").path("schemas").properties().forEach(one -> {
            JsonNode other = known.path(one.getKey());
            if (!other.isMissingNode() && !other.equals(one.getValue())) {
                renames.put(one.getKey(), service + "_" + one.getKey());
            }
        });
        addThoseThatLeadTo(renames, service, document.path("components").path("schemas"));
        JsonNode copy = document.deepCopy();
        if (!renames.isEmpty()) {
            ObjectNode schemas = (ObjectNode) copy.path("components").path("schemas");
            renames.forEach((from, to) -> schemas.set(to, schemas.remove(from)));
            rename(copy, renames);
        }
        return copy;
    }

    /** A page of plans says the same as a page of products, but for what its items are called. */
    private static void addThoseThatLeadTo(Map<String, String> renames, String service, JsonNode schemas) {
        int before;
        do {
            before = renames.size();
            schemas.properties().forEach(one -> {
                Deque<String> references = new ArrayDeque<>();
                references(one.getValue(), references);
                if (references.stream().anyMatch(renames::containsKey)) {
                    renames.putIfAbsent(one.getKey(), service + "_" + one.getKey());
                }
            });
        } while (renames.size() > before);
    }

    private static void rename(JsonNode node, Map<String, String> renames) {
        if (node instanceof ObjectNode object) {
            String reference = object.path("$ref").asString("");
            if (reference.startsWith(SCHEMAS)) {
                String to = renames.get(reference.substring(SCHEMAS.length()));
                if (to != null) {
                    object.put("$ref", SCHEMAS + to);
                }
            }
        }
        node.forEach(child -> rename(child, renames));
    }
}
