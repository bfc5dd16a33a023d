package io.tillstream.simulator.api;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** The first answer to each idempotency key, given again for 24 hours. */
@Component
final class IdempotencyKeys {
    private static final long KEPT_SECONDS = Duration.ofHours(24).toSeconds();
    private static final int LONGEST_KEY = 255; // Stripe's limit
    private static final int FINGERPRINT = 9; // bytes of a SHA-256: plenty against chance

    private final Timeline timeline;
    private final Map<String, Use> running = new ConcurrentHashMap<>(); // only while this process lives
    private final Store finished;

    /** What a key was used for. */
    private record Use(String endpoint, String params) {}

    IdempotencyKeys(Timeline timeline, Stores stores) {
        this.timeline = timeline;
        this.finished = stores.openAside("idempotency_key", "kind");
    }

    /** The kept answer, or nothing: then the key is taken until {@link #keep} or {@link #release}. */
    Optional<Reply> begin(Arrival arrival, ObjectNode params) {
        String key = arrival.idempotencyKey();
        if (key == null) {
            return Optional.empty();
        }
        if (key.length() > LONGEST_KEY) {
            throw StripeError.malformed(
                    null, "Idempotency keys can be at most 255 characters; yours has " + key.length() + ".", null);
        }
        finished.deleteCreatedBefore(timeline.now() - KEPT_SECONDS);
        Use wanted = new Use(
                fingerprint(arrival.operation()), fingerprint(sorted(params).toString()));
        Use before = running.get(key);
        ObjectNode kept = finished.find(key).orElse(null);
        if (kept != null) {
            before = new Use(Json.textOf(kept, "endpoint"), Json.textOf(kept, "params"));
        }
        if (before == null) {
            running.put(key, wanted);
            return Optional.empty();
        }
        refuseOther(before, wanted, key, arrival.path());
        if (kept == null) {
            throw StripeError.of(
                    409,
                    "idempotency_error",
                    "idempotency_key_in_use",
                    "There is currently another in-progress request using this Idempotent Key (that probably means you"
                            + " submitted twice, and the other request is still going through): " + key
                            + ". If you are retrying, wait until the other request has finished.");
        }
        return Optional.of(new Reply(
                (int) Json.number(kept, "status"),
                kept.get("body").toString(),
                Map.of(
                        "Idempotent-Replayed",
                        "true",
                        "Idempotency-Key",
                        key,
                        "Original-Request",
                        Json.textOf(kept, "request"))));
    }

    void keep(Arrival arrival, Reply reply) {
        String key = arrival.idempotencyKey();
        Use use = key == null ? null : running.remove(key);
        if (key == null || use == null) {
            return;
        }
        ObjectNode body = Json.parse(reply.body().getBytes(StandardCharsets.UTF_8));
        String kind = Json.text(body, "object");
        ObjectNode answer = Json.object().put("id", key).put("kind", kind == null ? "error" : kind);
        answer.put("created", timeline.now());
        answer.put("endpoint", use.endpoint()).put("params", use.params());
        answer.put("request", arrival.requestId()).put("status", reply.status());
        answer.set("body", body);
        finished.add(answer);
    }

    /** The request was not begun after all; from any thread. */
    void release(Arrival arrival) {
        String key = arrival.idempotencyKey();
        if (key != null) {
            running.remove(key);
        }
    }

    void clear() {
        running.clear();
    }

    private static void refuseOther(Use before, Use wanted, String key, String path) {
        if (!before.endpoint().equals(wanted.endpoint())) {
            throw StripeError.of(
                    400,
                    "idempotency_error",
                    null,
                    "Keys for idempotent requests can only be used for the same endpoint they were first used for (this"
                            + " request was to '" + path + "'). Try using a key other than '" + key
                            + "' if you meant to execute a different request.");
        }
        if (!before.params().equals(wanted.params())) {
            throw StripeError.of(
                    400,
                    "idempotency_error",
                    null,
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try"
                            + " using a key other than '" + key + "' if you meant to execute a different request.");
        }
    }

    /** The same parameters in another order are the same parameters. */
    private static ObjectNode sorted(ObjectNode params) {
        ObjectNode sorted = Json.object();
        params.properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(field -> sorted.set(
                        field.getKey(),
                        field.getValue() instanceof ObjectNode nested ? sorted(nested) : field.getValue()));
        return sorted;
    }

    private static String fingerprint(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(Arrays.copyOf(digest, FINGERPRINT));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
