package io.tillstream.gateway.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Several services' OpenAPI documents as one: public paths only, schemas of the same name kept apart if they differ. */
final class MergedDocument {

    private static final String SCHEMAS = "#/components/schemas/";

    private final ObjectNode merged;

    MergedDocument(JsonNode base) {
        this.merged = (ObjectNode) base.deepCopy();
        merged.withObjectProperty("paths");
        merged.withObjectProperty("components").withObjectProperty("schemas");
        merged.remove("servers");
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
                path.getValue().properties().forEach(one -> addOperation(service, operations, one));
            }
        });
    }

    JsonNode json() {
        return merged;
    }

    private static boolean isPublic(String path) {
        return path.startsWith("/api/") || path.startsWith("/webhooks/");
    }

    private static void addOperation(String service, ObjectNode operations, Map.Entry<String, JsonNode> added) {
        JsonNode known = operations.path(added.getKey());
        if (known.isMissingNode() || !known.isObject()) {
            operations.set(added.getKey(), tagged(service, added.getValue()));
        } else {
            join((ObjectNode) known, added.getValue());
        }
    }

    private static JsonNode tagged(String service, JsonNode operation) {
        if (operation instanceof ObjectNode object && object.has("operationId")) {
            object.put("operationId", service + "_" + object.path("operationId").asString(""));
        }
        return operation;
    }

    /** One endpoint that several services share by what is in the body: either body, all answers. */
    private static void join(ObjectNode known, JsonNode added) {
        JsonNode more = schema(added);
        JsonNode before = schema(known);
        if (more.isObject() && before.isObject() && !more.equals(before)) {
            ObjectNode media =
                    (ObjectNode) known.path("requestBody").path("content").path("application/json");
            List<JsonNode> all = new ArrayList<>();
            if (before.has("oneOf")) {
                before.path("oneOf").forEach(all::add);
            } else {
                all.add(before);
            }
            all.add(more);
            ArrayNode oneOf = media.putObject("schema").putArray("oneOf");
            all.forEach(oneOf::add);
        }
        ObjectNode answers = known.withObjectProperty("responses");
        added.path("responses").properties().forEach(answer -> {
            if (!answers.has(answer.getKey())) {
                answers.set(answer.getKey(), answer.getValue());
            }
        });
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
        JsonNode copy = document.deepCopy();
        if (!renames.isEmpty()) {
            ObjectNode schemas = (ObjectNode) copy.path("components").path("schemas");
            renames.forEach((from, to) -> schemas.set(to, schemas.remove(from)));
            rename(copy, renames);
        }
        return copy;
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
