package io.tillstream.acceptance;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds answers against the API document: its status is one that the endpoint names, and its body is what the document
 * says for it, with no field that it does not know. Every answer that a test gets is held against it, see {@link Web}.
 */
final class ApiContract {

    private static final String REFERENCE = "#/components/schemas/";
    private static final String PROBLEM = "application/problem+json";

    /** What any address can be answered with, whatever it does. */
    private static final Set<Integer> GENERAL = Set.of(405, 406, 408, 413, 414, 415, 431, 504);

    private final ApiDocument document;
    private final ObjectNode definitions;
    private final SchemaRegistry registry = SchemaRegistry.withDialect(
            Dialects.getOpenApi31(),
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    ApiContract(ApiDocument document) {
        this.document = document;
        this.definitions =
                (ObjectNode) closed(document.json().at("/components/schemas").deepCopy());
    }

    /** That of the running gateway. */
    static ApiContract ofGateway() {
        return Running.CONTRACT;
    }

    /** What of the answer is not as the document says; empty if all is. */
    List<String> breaches(String method, String path, Answer answer) {
        if (!path.startsWith("/api/") && !path.startsWith("/webhooks/")) {
            return List.of();
        }
        return document.find(method, path)
                .map(operation -> breaches(operation, answer))
                .orElseGet(() -> unknown(method + " " + path, answer));
    }

    private List<String> unknown(String name, Answer answer) {
        if (answer.status() < 400) {
            return List.of(name + " is not documented, and answers " + answer.status());
        }
        return body(name, PROBLEM, reference("Problem"), answer);
    }

    private List<String> breaches(ApiDocument.Operation operation, Answer answer) {
        String name = operation.name() + " " + answer.status();
        JsonNode told = operation.json().path("responses").path(String.valueOf(answer.status()));
        if (told.isMissingNode() && GENERAL.contains(answer.status())) {
            told = operation.json().path("responses").path("default");
        }
        if (told.isMissingNode()) {
            return List.of(name + " is not documented: " + answer.body());
        }
        JsonNode content = told.path("content");
        if (content.isEmpty()) {
            return answer.body().isEmpty() ? List.of() : List.of(name + " has a body: " + answer.body());
        }
        String type = answer.header("content-type").replaceFirst(";.*", "");
        if (!content.has(type)) {
            return List.of(name + " is " + type + ", not " + content.propertyNames());
        }
        return type.endsWith("json") ? body(name, type, content.path(type).path("schema"), answer) : List.of();
    }

    private List<String> body(String name, String type, JsonNode schema, Answer answer) {
        if (!answer.header("content-type").startsWith(type)) {
            return List.of(name + " is " + answer.header("content-type") + ": " + answer.body());
        }
        JsonNode body;
        try {
            body = Answer.JSON.readTree(answer.body());
        } catch (JacksonException notJson) {
            return List.of(name + " is no JSON: " + answer.body());
        }
        return schemas.computeIfAbsent(name, same -> compiled(schema)).validate(body).stream()
                .map(error -> name + " " + error + " in " + answer.body())
                .toList();
    }

    /** What of a request's body is not as the document says. */
    List<String> requestBreaches(ApiDocument.Operation operation, JsonNode body) {
        return schemas
                .computeIfAbsent(operation.name() + " request", same -> compiled(operation.requestSchema()))
                .validate(body)
                .stream()
                .map(error -> operation.name() + " " + error + " in " + body)
                .toList();
    }

    private Schema compiled(JsonNode schema) {
        ObjectNode whole = (ObjectNode) moved(schema.deepCopy());
        whole.set("$defs", moved(definitions.deepCopy()));
        return registry.getSchema(whole);
    }

    private static JsonNode reference(String name) {
        return Answer.JSON.createObjectNode().put("$ref", REFERENCE + name);
    }

    /** References that lead into the document lead into the schema's own definitions. */
    private static JsonNode moved(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("$ref").isString()) {
            object.put("$ref", object.path("$ref").asString().replace(REFERENCE, "#/$defs/"));
        }
        node.forEach(ApiContract::moved);
        return node;
    }

    /** A field that is not documented is a breach too; only a refusal may say more than all refusals do. */
    private static JsonNode closed(JsonNode definitions) {
        definitions.properties().forEach(one -> {
            if (!one.getKey().equals("Problem") && one.getValue() instanceof ObjectNode schema) {
                close(schema);
            }
        });
        return definitions;
    }

    private static void close(ObjectNode schema) {
        if (schema.has("properties") && !schema.has("additionalProperties")) {
            schema.put("additionalProperties", false);
        }
        schema.forEach(child -> {
            if (child instanceof ObjectNode object) {
                close(object);
            } else if (child instanceof ArrayNode array) {
                array.forEach(one -> {
                    if (one instanceof ObjectNode object) {
                        close(object);
                    }
                });
            }
        });
    }

    private static final class Running {
        private static final ApiContract CONTRACT = new ApiContract(ApiDocument.ofGateway());
    }
}
