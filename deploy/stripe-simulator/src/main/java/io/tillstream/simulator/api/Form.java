package io.tillstream.simulator.api;

import io.tillstream.simulator.state.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Form encoding with Stripe's brackets, {@code a[b][0][c]=d}, read into a tree. Lists are objects with numbers as names. */
final class Form {
    private static final int DEEPEST = 10; // deeper than anything Stripe's API has

    private Form() {}

    static ObjectNode read(@Nullable String encoded) {
        ObjectNode tree = Json.object();
        if (encoded == null || encoded.isEmpty()) {
            return tree;
        }
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (!name.isEmpty()) {
                put(tree, path(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return tree;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw StripeError.malformed(null, "Invalid request: the form encoding is broken.", null);
        }
    }

    static List<String> path(String name) {
        List<String> path = new ArrayList<>();
        int bracket = name.indexOf('[');
        path.add(bracket < 0 ? name : name.substring(0, bracket));
        while (bracket >= 0) {
            int end = name.indexOf(']', bracket);
            if (end < 0 || path.size() > DEEPEST) {
                throw StripeError.malformed(null, "Invalid request: cannot read the parameter name " + name, null);
            }
            path.add(name.substring(bracket + 1, end));
            bracket = name.indexOf('[', end);
        }
        return path;
    }

    static void put(ObjectNode tree, List<String> path, String value) {
        ObjectNode at = tree;
        for (String step : path.subList(0, path.size() - 1)) {
            String name = step.isEmpty() ? last(at) : step;
            JsonNode child = at.get(name);
            at = child instanceof ObjectNode object ? object : at.putObject(name);
        }
        String name = path.get(path.size() - 1);
        at.put(name.isEmpty() ? Integer.toString(at.size()) : name, value);
    }

    /** {@code a[][b]=1&a[][c]=2} speaks of one element until a name comes again; Stripe's clients send numbers instead. */
    private static String last(ObjectNode list) {
        return Integer.toString(Math.max(0, list.size() - 1));
    }
}
