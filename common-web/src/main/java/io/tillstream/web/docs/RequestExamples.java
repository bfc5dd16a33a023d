package io.tillstream.web.docs;

import com.fasterxml.jackson.core.type.TypeReference;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * Shows whole requests, each of which can be sent as it stands but for ids that are its reader's own: the examples of
 * single fields together are often no request. A service names them by schema in {@code api-examples.json}.
 */
final class RequestExamples implements GlobalOpenApiCustomizer {

    private static final String FILE = "/api-examples.json";

    private final Map<String, List<Object>> examples = read();

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"}) // as springdoc has them
    public void customise(OpenAPI document) {
        examples.forEach((name, requests) -> {
            Schema schema = document.getComponents().getSchemas().get(name);
            if (schema == null) {
                throw new IllegalStateException(FILE + " has examples of " + name + ", which no request is");
            }
            schema.setExamples(requests);
        });
    }

    private static Map<String, List<Object>> read() {
        try (InputStream file = RequestExamples.class.getResourceAsStream(FILE)) {
            return file == null ? Map.of() : Json.mapper().readValue(file, new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
