package io.tillstream.acceptance;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** JSON that is nearly a request, or nearly JSON. */
final class OddJson {

    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "-1",
        "1.0",
        "1.5",
        "1e2",
        "1e308",
        "1e400",
        "-1e400",
        "1E-400",
        "9007199254740993",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999999999",
        "0.1e1",
        "4242424242424242",
        "NaN",
        "Infinity",
        "-Infinity",
        "00",
        "01",
        "+1",
        ".5",
        "0x10",
        "1_000"
    };

    /** As they are written: what a text holds that way, no other form of it does. */
    private static final String[] ESCAPED = {
        "\"\\u0000\"", "\"\\ud800\"", "\"a\\ud83d\"", "\"\\u0034242424242424242\"", "\"\\x\"", "\"\u0001\"", "\"\\u12\""
    };

    private final OddValues values;
    private final Random random;

    OddJson(OddValues values, Random random) {
        this.values = values;
        this.random = random;
    }

    /** A request with one or two of its values changed, or changed as a text. */
    String odd(JsonNode example) {
        JsonNode changed = example.deepCopy();
        int changes = 1 + random.nextInt(2);
        for (int i = 0; i < changes; i++) {
            change(changed);
        }
        String text = changed.toString();
        return random.nextInt(6) == 0 ? broken(text) : text;
    }

    /** No request of ours. */
    String anything() {
        return switch (random.nextInt(10)) {
            case 0 -> "";
            case 1 -> "null";
            case 2 -> "[]";
            case 3 -> "\"text\"";
            case 4 -> "[".repeat(5_000) + "]".repeat(5_000);
            case 5 -> "{\"a\":".repeat(500) + "1" + "}".repeat(500);
            case 6 -> "{\"a\":\"" + "x".repeat(70_000) + "\"}";
            case 7 -> "[" + "1,".repeat(25_000) + "1]";
            case 8 -> "{\"" + "k".repeat(5_000) + "\":1}";
            default -> "{}";
        };
    }

    private String broken(String text) {
        int at = text.isEmpty() ? 0 : random.nextInt(text.length());
        return switch (random.nextInt(7)) {
            case 0 -> text.substring(0, at);
            case 1 -> text + " x";
            case 2 -> text + text;
            case 3 -> text.replaceFirst("\\{", "{\"a\":1,\"a\":2,");
            case 4 -> text.replace('"', '\'');
            case 5 -> text.substring(0, at) + "\u0000" + text.substring(at);
            default -> "/* */" + text;
        };
    }

    private void change(JsonNode root) {
        List<JsonNode> places = new ArrayList<>();
        ApiDocument.all(root).filter(JsonNode::isContainer).forEach(places::add);
        JsonNode place = places.get(random.nextInt(places.size()));
        if (place instanceof ObjectNode object) {
            List<String> names = new ArrayList<>(object.propertyNames());
            if (names.isEmpty() || random.nextInt(8) == 0) {
                object.set(values.pick("unknown", "id", "amount", "__proto__", "", "\u0000"), value());
            } else {
                String name = names.get(random.nextInt(names.size()));
                if (random.nextInt(6) == 0) {
                    object.remove(name);
                } else {
                    object.set(name, value());
                }
            }
        } else if (place instanceof ArrayNode array) {
            if (array.isEmpty() || random.nextBoolean()) {
                array.add(value());
            } else if (random.nextInt(4) == 0) {
                for (int i = 0; i < 60; i++) {
                    array.add(array.get(0).deepCopy());
                }
            } else {
                array.set(random.nextInt(array.size()), value());
            }
        }
    }

    private JsonNode value() {
        var make = Answer.JSON.getNodeFactory();
        return switch (random.nextInt(12)) {
            case 0 -> make.nullNode();
            case 1 -> make.booleanNode(random.nextBoolean());
            case 2 -> make.arrayNode();
            case 3 -> make.objectNode();
            case 4, 5 -> make.rawValueNode(new RawValue(NUMBERS[random.nextInt(NUMBERS.length)]));
            case 6 -> make.rawValueNode(new RawValue(ESCAPED[random.nextInt(ESCAPED.length)]));
            case 7 -> make.arrayNode().add(values.text());
            default -> make.stringNode(values.text());
        };
    }
}
