package io.tillstream.acceptance;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document of everything, as the running gateway gives it. */
final class ApiDocument {

    private static final Duration PATIENCE = Duration.ofMinutes(4); // each service makes its part at the first asking
    private static final List<String> OF_EACH_SERVICE =
            List.of("/api/config", "/api/orders", "/api/payments", "/api/subscriptions", "/webhooks/stripe");

    private final JsonNode json;
    private final List<Operation> operations = new ArrayList<>();

    /** One endpoint. */
    record Operation(String method, String path, Pattern matches, JsonNode json) {

        String id() {
            return json.path("operationId").asString("");
        }

        String name() {
            return method + " " + path;
        }

        /** Whether this is for operators only. */
        boolean isForOperators() {
            return json.path("security").toString().contains("operator");
        }

        boolean isOpen() {
            return json.path("security").isEmpty();
        }

        List<JsonNode> parameters(String in) {
            return json.path("parameters")
                    .valueStream()
                    .filter(one -> one.path("in").asString().equals(in))
                    .toList();
        }

        JsonNode requestSchema() {
            return json.at("/requestBody/content/application~1json/schema");
        }
    }

    private ApiDocument(JsonNode json) {
        this.json = json;
        json.path("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(one -> operations.add(new Operation(
                        one.getKey().toUpperCase(Locale.ROOT),
                        path.getKey(),
                        Pattern.compile(path.getKey().replaceAll("\\{[^}]+}", "[^/]+")),
                        one.getValue()))));
        // A path that is written out comes before one with a variable in the same place.
        operations.sort(Comparator.comparing(one -> one.path().replace('{', '~')));
    }

    /** Once for all tests: the services do not change. */
    static ApiDocument ofGateway() {
        return Running.DOCUMENT;
    }

    static ApiDocument of(JsonNode json) {
        return new ApiDocument(json);
    }

    JsonNode json() {
        return json;
    }

    List<Operation> operations() {
        return operations;
    }

    Operation operation(String method, String path) {
        return operations.stream()
                .filter(one -> one.method().equals(method) && one.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(method + " " + path + " is not documented"));
    }

    Optional<Operation> find(String method, String path) {
        return operations.stream()
                .filter(one -> one.matches().matcher(path).matches())
                .filter(one -> one.method().equals(method))
                .findFirst();
    }

    /** What a reference stands for; any other node is itself. */
    JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        return reference.isEmpty() ? schema : resolved(json.at(reference.substring(1)));
    }

    Map<String, JsonNode> schemas() {
        return json.at("/components/schemas")
                .propertyStream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** A node and all below it. */
    static Stream<JsonNode> all(JsonNode node) {
        return Stream.concat(Stream.of(node), node.valueStream().flatMap(ApiDocument::all));
    }

    private static final class Running {
        private static final ApiDocument DOCUMENT = read();

        private static ApiDocument read() {
            URI address = URI.create(Stack.gateway() + "/docs/openapi.json");
            return await("an API document of all services")
                    .atMost(PATIENCE)
                    .pollInSameThread() // another would wait for this class
                    .ignoreExceptions()
                    .until(
                            () -> new ApiDocument(Web.send("GET", address, Map.of(), (String) null)
                                    .json()),
                            document -> OF_EACH_SERVICE.stream().allMatch(document.json.path("paths")::has));
        }
    }
}
