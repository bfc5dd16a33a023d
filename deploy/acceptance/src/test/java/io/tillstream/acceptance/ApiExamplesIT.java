package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/**
 * Every request that the API document shows is sent as it stands, with ids of the sender's own where it has some of its
 * reader's: it is taken. Where a request has no body its parameters are sent as their examples say.
 */
@Runs(Stage.LONG)
class ApiExamplesIT {

    /** What is refused by a setting that is the shop's to make, or is about what no example can bring about, and how. */
    private static final Map<String, String> LEFT_OUT = Map.of(
            "pauseSubscription", "pause-not-offered",
            "dismissOwedRefund", "not-found",
            "dismissOwedInvoiceRefund", "not-found");

    private final ApiDocument document = ApiDocument.ofGateway();
    private final ExampleScenes scenes = new ExampleScenes();

    @TestFactory
    Stream<DynamicTest> whatIsShownCanBeSent() {
        return document.operations().stream().flatMap(operation -> {
            List<@Nullable JsonNode> examples = new ArrayList<>(examples(operation));
            if (operation.json().has("requestBody")) {
                assertThat(examples)
                        .as("requests shown of %s", operation.name())
                        .isNotEmpty();
            } else {
                examples.add(null);
            }
            return examples.stream()
                    .map(example -> DynamicTest.dynamicTest(
                            operation.id() + (example == null ? "" : " " + example), () -> sent(operation, example)));
        });
    }

    private void sent(ApiDocument.Operation operation, @Nullable JsonNode example) {
        ExampleScenes.Scene scene = scenes.prepare(operation, example);
        Map<String, String> headers = new LinkedHashMap<>(scene.headers());
        if (operation.parameters("header").stream()
                .anyMatch(header -> header.path("name").asString().equals("Idempotency-Key"))) {
            headers.put("Idempotency-Key", User.key());
        }
        String path = operation.path().replaceAll("\\{[^}]+}", scene.id()) + query(operation, scene);
        String body = example == null ? null : scene.own(example.toString());

        Answer answer = scene.user().send(operation.method(), path, body, headers);

        String refusal = LEFT_OUT.get(operation.id());
        if (refusal != null) {
            assertThat(answer.text("/code")).isEqualTo(refusal);
        } else {
            assertThat(answer.status())
                    .as("%s %s %s: %s", operation.method(), path, body, answer.body())
                    .isBetween(200, 299);
        }
    }

    private static String query(ApiDocument.Operation operation, ExampleScenes.Scene scene) {
        List<String> parameters = new ArrayList<>();
        operation.parameters("query").forEach(parameter -> {
            JsonNode example = parameter.has("example") ? parameter.path("example") : parameter.at("/schema/example");
            if (!example.isMissingNode()) {
                String value = scene.own(example.asString());
                parameters.add(parameter.path("name").asString() + "=" + Simulator.encoded(value));
            }
        });
        return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    }

    /** Of a body, of each schema that a body can have, and of the field examples where there is no other. */
    private List<JsonNode> examples(ApiDocument.Operation operation) {
        JsonNode content = operation.json().at("/requestBody/content/application~1json");
        List<JsonNode> found = new ArrayList<>();
        if (content.has("example")) {
            found.add(content.path("example"));
        }
        content.path("examples").forEach(named -> found.add(named.path("value")));
        JsonNode schema = content.path("schema");
        Stream.concat(Stream.of(schema), schema.path("oneOf").valueStream())
                .map(document::resolved)
                .flatMap(one -> one.path("examples").valueStream())
                .forEach(found::add);
        return found;
    }
}
