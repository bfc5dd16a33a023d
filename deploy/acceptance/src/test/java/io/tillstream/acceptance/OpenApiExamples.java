package io.tillstream.acceptance;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Finds what an OpenAPI document shows no example of: somebody who writes a client would have to guess. */
final class OpenApiExamples {
    /** What a reader's tool shows for these by itself is as good as an example. */
    private static final Set<String> SPEAK_FOR_THEMSELVES = Set.of("uuid", "date-time", "date");

    private final JsonNode document;
    private final List<String> missing = new ArrayList<>();

    private OpenApiExamples(JsonNode document) {
        this.document = document;
    }

    /** Each as {@code POST /api/orders request items[].productId}. */
    static List<String> missingIn(JsonNode document) {
        OpenApiExamples examples = new OpenApiExamples(document);
        document.path("paths").propertyStream().forEach(path -> path.getValue()
                .propertyStream()
                .forEach(operation -> examples.look(
                        operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(),
                        operation.getValue())));
        return examples.missing;
    }

    private void look(String name, JsonNode operation) {
        if (operation.has("requestBody")) {
            bodies(name + " request", operation.path("requestBody"));
        }
        for (Map.Entry<String, JsonNode> answer : operation.path("responses").properties()) {
            if (answer.getKey().startsWith("2")) {
                bodies(name + " " + answer.getKey(), answer.getValue());
            }
        }
        if (operation.path("responses").propertyNames().stream().noneMatch(status -> status.startsWith("4"))) {
            missing.add(name + " answers that say no");
        }
    }

    private void bodies(String name, JsonNode body) {
        for (Map.Entry<String, JsonNode> type : body.path("content").properties()) {
            JsonNode content = type.getValue();
            if (!content.has("example") && !content.has("examples")) {
                value(name, "", content.path("schema"), new HashSet<>());
            }
        }
    }

    private void value(String name, String field, JsonNode schema, Set<String> inside) {
        if (schema.has("$ref")) {
            String reference = schema.path("$ref").asString();
            if (inside.add(reference)) {
                value(name, field, document.at(reference.substring(1)), inside);
                inside.remove(reference);
            }
        } else if (isShown(schema)) {
            return;
        } else if (schema.has("properties")) {
            schema.path("properties")
                    .propertyStream()
                    .forEach(each -> value(name, field + "." + each.getKey(), each.getValue(), inside));
        } else if (schema.has("items")) {
            value(name, field + "[]", schema.path("items"), inside);
        } else if (schema.has("oneOf") || schema.has("anyOf") || schema.has("allOf")) {
            for (String word : List.of("oneOf", "anyOf", "allOf")) {
                schema.path(word).forEach(each -> value(name, field, each, inside));
            }
        } else {
            missing.add(name + " " + (field.isEmpty() ? "body" : field.substring(1)));
        }
    }

    private static boolean isShown(JsonNode schema) {
        String type = schema.path("type").toString();
        return schema.has("example")
                || schema.has("examples")
                || schema.has("enum")
                || schema.has("const")
                || schema.has("default")
                || type.contains("boolean")
                || type.equals("\"null\"")
                || SPEAK_FOR_THEMSELVES.contains(schema.path("format").asString(""));
    }
}
