package io.tillstream.simulator.api;

import io.tillstream.simulator.state.Json;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.node.ObjectNode;

/** A request as it came in, before anything is known of it. */
record Arrival(
        String requestId,
        String method,
        String path,
        @Nullable String query,
        String body,
        HttpHeaders headers) {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    ObjectNode params() {
        ObjectNode params = Form.read(query);
        if (hasForm()) {
            String type = headers.getFirst("Content-Type");
            ObjectNode form = type != null && Multipart.is(type) ? Multipart.read(type, body) : Form.read(body);
            form.properties().forEach(field -> params.set(field.getKey(), field.getValue()));
        }
        return params;
    }

    /** The body of a DELETE is read too, as docs.stripe.com/billing/subscriptions/cancel sends one. */
    boolean hasForm() {
        return method.equals("POST") || method.equals("DELETE");
    }

    /** Whether it has these parameters, {@code a.b} for one within another; one that cannot be read has none. */
    boolean brings(ObjectNode wanted) {
        if (wanted.isEmpty()) {
            return true;
        }
        try {
            ObjectNode params = params();
            return wanted.properties().stream()
                    .allMatch(each ->
                            Json.is(params, each.getKey(), each.getValue().asString()));
        } catch (StripeError malformed) {
            return false;
        }
    }

    /** Only a POST has one: the other methods are repeatable by themselves, so Stripe ignores it there. */
    @Nullable
    String idempotencyKey() {
        String key = headers.getFirst(IDEMPOTENCY_KEY);
        return method.equals("POST") && key != null && !key.isEmpty() ? key : null;
    }

    String operation() {
        return method + " " + path;
    }
}
