package io.tillstream.simulator.api;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Stripe's rules for metadata: keys are added, replaced, or taken away by an empty value. */
public final class Metadata {
    private static final int MOST_KEYS = 50; // Stripe's limit
    private static final int LONGEST_KEY = 40; // Stripe's limit
    private static final int LONGEST_VALUE = 500; // Stripe's limit

    private Metadata() {}

    public static void apply(Params params, ObjectNode object) {
        if (!(object.get("metadata") instanceof ObjectNode)) {
            object.putObject("metadata");
        }
        if (params.unset("metadata")) {
            object.putObject("metadata");
            return;
        }
        Params given = params.child("metadata");
        if (given == null) {
            return;
        }
        ObjectNode metadata = (ObjectNode) object.get("metadata");
        for (Map.Entry<String, JsonNode> field : given.tree().properties()) {
            set(metadata, given, field.getKey());
        }
        if (metadata.size() > MOST_KEYS) {
            throw StripeError.malformed(
                    null,
                    "Metadata can have at most 50 keys, but this request would leave it with " + metadata.size() + ".",
                    params.param("metadata"));
        }
    }

    private static void set(ObjectNode metadata, Params given, String key) {
        if (key.length() > LONGEST_KEY) {
            throw StripeError.malformed(
                    null,
                    "Metadata keys must be no longer than 40 characters, but you gave " + key.length() + ".",
                    given.param(key));
        }
        if (key.contains("[") || key.contains("]")) {
            throw StripeError.malformed(null, "Metadata keys cannot contain square brackets.", given.param(key));
        }
        String value = given.text(key);
        if (value == null) {
            metadata.remove(key);
        } else if (value.length() > LONGEST_VALUE) {
            throw StripeError.malformed(
                    null,
                    "Metadata values can have up to 500 characters, but you passed in a value that is " + value.length()
                            + " characters. Invalid value: " + value.substring(0, LONGEST_KEY) + "...",
                    given.param(key));
        } else {
            metadata.put(key, value);
        }
    }
}
