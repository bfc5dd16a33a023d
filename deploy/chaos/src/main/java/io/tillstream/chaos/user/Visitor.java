package io.tillstream.chaos.user;

import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.client.Http;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Somebody at the gateway in one step: all that is asked and answered goes into its trace. */
record Visitor(URI gateway, String name, String token, Possessions possessions, Trace trace) {

    Answer get(String path) {
        return send("GET", path, null, null);
    }

    Answer post(String path, String body, String key) {
        return send("POST", path, body, key);
    }

    Answer delete(String path) {
        return send("DELETE", path, null, null);
    }

    Answer patch(String path, String body) {
        return send("PATCH", path, body, null);
    }

    Answer put(String path, String body) {
        return send("PUT", path, body, null);
    }

    /** Sends it and goes away. */
    void hangUp(String path, String body, String key, Duration after) {
        trace.fact("POST " + path + " and gone after " + after.toMillis() + " ms");
        Http.hangUp(URI.create(gateway + path), headers(body, key), body, after);
    }

    private Answer send(String method, String path, @Nullable String body, @Nullable String key) {
        Answer answer = Http.send(method, URI.create(gateway + path), headers(body, key), body);
        trace.request(method, path, answer);
        return answer;
    }

    private Map<String, String> headers(@Nullable String body, @Nullable String key) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", "Bearer " + token);
        if (body != null) {
            headers.put("Content-Type", "application/json");
        }
        if (key != null) {
            headers.put("Idempotency-Key", key);
        }
        return headers;
    }
}
