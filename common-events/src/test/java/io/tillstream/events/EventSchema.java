package io.tillstream.events;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the records say the published contract is, as JSON Schema; and whether a schema breaks an older one. */
final class EventSchema {

    private EventSchema() {}

    /** Every domain event, by its published type. */
    static Map<String, Class<? extends DomainEvent>> published() {
        Map<String, Class<? extends DomainEvent>> all = new TreeMap<>();
        events(DomainEvent.class).forEach(event -> all.put(DomainEvent.type(event), event));
        return all;
    }

    private static Stream<Class<? extends DomainEvent>> events(Class<?> type) {
        if (type.isRecord()) {
            return Stream.of(type.asSubclass(DomainEvent.class));
        }
        return Stream.of(type.getPermittedSubclasses()).flatMap(EventSchema::events);
    }

    static ObjectNode of(Class<? extends DomainEvent> event) {
        ObjectNode schema = JsonMapper.shared().createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", DomainEvent.type(event));
        schema.setAll(object(event));
        return schema;
    }

    private static ObjectNode object(Class<?> type) {
        ObjectNode schema = JsonMapper.shared().createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        var required = schema.putArray("required");
        for (RecordComponent component : type.getRecordComponents()) {
            properties.set(component.getName(), property(component.getGenericType()));
            if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                required.add(component.getName());
            }
        }
        return schema;
    }

    private static ObjectNode property(Type type) {
        ObjectNode schema = JsonMapper.shared().createObjectNode();
        if (type == String.class) {
            return schema.put("type", "string");
        }
        if (type == long.class || type == int.class) {
            return schema.put("type", "integer");
        }
        if (type == boolean.class) {
            return schema.put("type", "boolean");
        }
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            schema.put("type", "array");
            schema.set("items", property(list.getActualTypeArguments()[0]));
            return schema;
        }
        return object((Class<?>) type);
    }

    /** What a subscriber that reads by {@code before} would miss or misread in {@code after}. */
    static List<String> breaches(String path, JsonNode before, @Nullable JsonNode after) {
        if (after == null) {
            return List.of(path + " is gone");
        }
        List<String> found = new ArrayList<>();
        if (!before.path("type").equals(after.path("type"))) {
            found.add(path + " changed its type");
        }
        before.path("required").forEach(name -> {
            if (after.path("required").valueStream().noneMatch(name::equals)) {
                found.add(path + "." + name.stringValue() + " may be missing now");
            }
        });
        before.path("properties")
                .properties()
                .forEach(property -> found.addAll(breaches(
                        path + "." + property.getKey(),
                        property.getValue(),
                        after.path("properties").get(property.getKey()))));
        if (before.has("items")) {
            found.addAll(breaches(path + "[]", before.get("items"), after.get("items")));
        }
        return found;
    }
}
