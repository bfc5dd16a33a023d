package io.tillstream.web;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The request's idempotency key as an argument of a controller. Its {@link #id()} is the natural id of what the request
 * creates: a run after a crash finds what the first run left.
 */
public record IdempotencyKey(UUID id) {

    /** The name-based id of a key of one user at one endpoint: the same three always give the same id. */
    public static IdempotencyKey of(String userId, String endpoint, String key) {
        String name = userId.length() + ":" + userId + "\n" + endpoint + "\n" + key;
        return new IdempotencyKey(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
    }

    /** For a request that came without a key: an id that no other request has. */
    public static IdempotencyKey random() {
        return new IdempotencyKey(UUID.randomUUID());
    }
}
