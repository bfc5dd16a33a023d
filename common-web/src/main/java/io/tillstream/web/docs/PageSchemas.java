package io.tillstream.web.docs;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/** Every page of a list has both its fields, and no next one on the last. */
final class PageSchemas implements GlobalOpenApiCustomizer {

    private static final String NEXT = "nextCursor";

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"}) // as springdoc has them
    public void customise(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents() == null
                ? null
                : document.getComponents().getSchemas();
        if (schemas == null) {
            return;
        }
        for (Schema schema : schemas.values()) {
            Map<String, Schema> fields = schema.getProperties();
            if (fields != null && fields.containsKey(NEXT) && fields.containsKey("data")) {
                fields.get(NEXT).setTypes(new LinkedHashSet<>(Set.of("string", "null")));
                schema.setRequired(List.of("data", NEXT));
            }
        }
    }
}
