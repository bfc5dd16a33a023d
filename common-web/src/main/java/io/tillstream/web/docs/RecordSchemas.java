package io.tillstream.web.docs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of each field of our records what its type says: it is always there unless it is {@link Nullable}, it is null
 * only where null is written, and its words are those of {@link AllowableValues}.
 */
final class RecordSchemas implements ModelConverter {

    private static final String OURS = "io.tillstream.";
    private static final String REFERENCE = "#/components/schemas/";

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"}) // as swagger-core has them
    public @Nullable Schema resolve(AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        Schema schema = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
        Class<?> of = Json.mapper().constructType(type.getType()).getRawClass();
        if (schema == null || !of.isRecord() || !of.getName().startsWith(OURS)) {
            return schema;
        }
        String reference = schema.get$ref();
        Schema model = reference == null ? schema : context.getDefinedModels().get(name(reference));
        if (model != null && model.getProperties() != null) {
            model.setRequired(required(of, model.getProperties()));
        }
        return schema;
    }

    private static String name(String reference) {
        return reference.startsWith(REFERENCE) ? reference.substring(REFERENCE.length()) : reference;
    }

    @SuppressWarnings("rawtypes")
    private static @Nullable List<String> required(Class<?> record, Map<String, Schema> fields) {
        List<String> required = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            Field declared = field(record, component.getName());
            JsonProperty other = declared.getAnnotation(JsonProperty.class);
            String name = other == null || other.value().isEmpty() ? component.getName() : other.value();
            Schema<?> field = fields.get(name);
            if (field == null) {
                continue;
            }
            AllowableValues words = declared.getAnnotation(AllowableValues.class);
            if (words != null) {
                EnumValuesCustomizer.put(field, EnumValuesCustomizer.of(words));
            }
            boolean absent = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            boolean written = isWritten(record, declared);
            if (absent) {
                setNull(field, written);
            }
            if (!absent || written) {
                required.add(name);
            }
        }
        return required.isEmpty() ? null : required;
    }

    private static void setNull(Schema<?> field, boolean written) {
        field.setNullable(null);
        Set<String> types = new LinkedHashSet<>();
        if (field.getType() != null) {
            types.add(field.getType());
        }
        if (field.getTypes() != null) {
            types.addAll(field.getTypes());
        }
        types.remove("null");
        if (!types.isEmpty()) {
            if (written) {
                types.add("null");
            }
            field.setTypes(types);
        }
    }

    /** Whether the field is there with null in it: elsewhere null is left out. */
    private static boolean isWritten(Class<?> record, Field field) {
        JsonInclude own = field.getAnnotation(JsonInclude.class);
        JsonInclude rule = own == null ? record.getAnnotation(JsonInclude.class) : own;
        return rule != null && rule.value() == JsonInclude.Include.ALWAYS;
    }

    private static Field field(Class<?> record, String name) {
        try {
            return record.getDeclaredField(name);
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(record + " has no field for its component " + name, e);
        }
    }
}
