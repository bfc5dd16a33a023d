package io.tillstream.simulator.state;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reading and building the JSON that Stripe's objects are. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ObjectNode object(String type, String id) {
        return object().put("id", id).put("object", type);
    }

    public static ArrayNode array(List<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    /** A literal: single quotes stand for double ones. */
    public static ObjectNode literal(String json) {
        return (ObjectNode) MAPPER.readTree(json.replace('\'', '"'));
    }

    public static ObjectNode parse(byte[] json) {
        return (ObjectNode) MAPPER.readTree(json);
    }

    public static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** For readers, and for webhooks: Stripe sends them indented. */
    public static byte[] prettyBytes(JsonNode node) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    }

    /** The text of a field, {@code a.b} for one within another; null if it is absent, null or not a text. */
    public static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        int dot = value.isMissingNode() ? field.indexOf('.') : -1;
        if (dot > 0) {
            return text(node.path(field.substring(0, dot)), field.substring(dot + 1));
        }
        return value.isString() ? value.stringValue() : null;
    }

    public static String textOf(JsonNode node, String field) {
        String text = text(node, field);
        if (text == null) {
            throw new IllegalStateException("no " + field + " in " + text(node, "object"));
        }
        return text;
    }

    public static boolean is(JsonNode node, String field, String value) {
        return value.equals(text(node, field));
    }

    public static boolean isTrue(JsonNode node, String field) {
        return node.path(field).asBoolean(false);
    }

    public static long number(JsonNode node, String field) {
        return node.path(field).asLong(0);
    }

    public static boolean present(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return !value.isMissingNode() && !value.isNull();
    }

    /** What {@code before} had where {@code after} differs, as Stripe's {@code previous_attributes} has it. */
    public static ObjectNode previous(ObjectNode before, ObjectNode after) {
        ObjectNode previous = object();
        for (Map.Entry<String, JsonNode> field : after.properties()) {
            String name = field.getKey();
            JsonNode was = before.get(name);
            if (was == null) {
                previous.putNull(name);
            } else if (!was.equals(field.getValue())) {
                boolean nested = was.isObject() && field.getValue().isObject();
                previous.set(name, nested ? previous((ObjectNode) was, (ObjectNode) field.getValue()) : was.deepCopy());
            }
        }
        for (Map.Entry<String, JsonNode> field : before.properties()) {
            if (!after.has(field.getKey())) {
                previous.set(field.getKey(), field.getValue().deepCopy());
            }
        }
        return previous;
    }
}
