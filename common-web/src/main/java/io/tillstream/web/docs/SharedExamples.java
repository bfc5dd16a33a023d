package io.tillstream.web.docs;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/** Shows an example of each field that means the same wherever it stands; a field's own example stays. */
final class SharedExamples implements GlobalOpenApiCustomizer {

    private final Properties examples = new Properties();

    SharedExamples() {
        try (InputStream file = SharedExamples.class.getResourceAsStream("examples.properties")) {
            examples.load(Objects.requireNonNull(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // as springdoc has them
    public void customise(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents() == null
                ? null
                : document.getComponents().getSchemas();
        if (schemas != null) {
            schemas.values().forEach(this::show);
        }
    }

    private void show(Schema<?> schema) {
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, field) -> show(examples.getProperty(name), field));
        }
    }

    private static void show(@Nullable String example, Schema<?> field) {
        if (example == null || field.getExample() != null || field.getEnum() != null) {
            return;
        }
        if (is("string", field) && field.getFormat() == null) {
            field.setExample(example);
        } else if (is("integer", field) && example.matches("\\d+")) {
            field.setExample(Long.valueOf(example));
        } else if (is("array", field) && field.getItems() != null && is("string", field.getItems())) {
            field.setExample(List.of(example.split(",")));
        }
    }

    /** A document of version 3.1 may name several types, null among them. */
    private static boolean is(String type, Schema<?> field) {
        Set<String> types = field.getTypes();
        return type.equals(field.getType()) || (types != null && types.contains(type));
    }
}
