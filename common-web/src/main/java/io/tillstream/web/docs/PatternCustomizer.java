package io.tillstream.web.docs;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * Says our patterns as a reader of the document takes them: one that lists words is a list of words, and any other
 * meets the whole text, as Java's validation does. JSON Schema alone finds a pattern anywhere in a text.
 */
final class PatternCustomizer implements GlobalOpenApiCustomizer {

    private static final Pattern WORDS = Pattern.compile("[a-z_]+(\\|[a-z_]+)*+");

    @Override
    @SuppressWarnings("rawtypes") // as springdoc has them
    public void customise(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents() == null
                ? null
                : document.getComponents().getSchemas();
        if (schemas != null) {
            schemas.values().forEach(PatternCustomizer::say);
        }
        if (document.getPaths() != null) {
            document.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(PatternCustomizer::say);
        }
    }

    private static void say(Operation operation) {
        if (operation.getParameters() != null) {
            operation.getParameters().stream().map(Parameter::getSchema).forEach(PatternCustomizer::say);
        }
    }

    private static void say(@Nullable Schema<?> schema) {
        if (schema == null) {
            return;
        }
        String pattern = schema.getPattern();
        if (pattern != null && WORDS.matcher(pattern).matches()) {
            EnumValuesCustomizer.put(schema, List.of(pattern.split("\\|")));
        } else if (pattern != null && !pattern.startsWith("^")) {
            boolean choice = pattern.indexOf('|') >= 0;
            schema.setPattern(choice ? "^(?:" + pattern + ")$" : "^" + pattern + "$");
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(PatternCustomizer::say);
        }
        say(schema.getItems());
    }
}
