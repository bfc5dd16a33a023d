package io.tillstream.simulator.api;

import io.tillstream.simulator.state.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A finished answer: status, body, and the headers beyond the usual. */
record Reply(int status, String body, Map<String, String> headers) {
    static final String TYPE = "Content-Type";

    /** What is sent in the place of JSON, if the headers have a type for it; null if they do not. */
    byte @Nullable [] bytes() {
        return headers.containsKey(TYPE)
                ? Base64.getDecoder().decode(Json.textOf(Json.parse(body.getBytes(StandardCharsets.UTF_8)), Call.BYTES))
                : null;
    }
}
