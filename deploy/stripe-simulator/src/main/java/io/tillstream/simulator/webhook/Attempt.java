package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request to an endpoint, or the decision to send none.
 *
 * @param time on the clock outside
 * @param status that was answered; 0 without an answer
 * @param outcome "delivered", "failed", "given_up" (failed for the last time) or "dropped"
 * @param retryIn seconds on the simulator's clock until the next attempt
 */
record Attempt(
        Instant time,
        long millis,
        String delivery,
        String event,
        String type,
        @Nullable String object,
        String endpoint,
        int number,
        boolean copy,
        int status,
        String outcome,
        @Nullable String error,
        @Nullable Long retryIn) {

    static Attempt of(Delivery delivery, Answer answer, String outcome, @Nullable Long retryIn) {
        return new Attempt(
                answer.time(),
                answer.millis(),
                delivery.id,
                delivery.event,
                delivery.type,
                delivery.object,
                delivery.endpoint,
                delivery.attempts,
                delivery.copy,
                answer.status(),
                outcome,
                answer.error(),
                retryIn);
    }

    boolean isDelivered() {
        return outcome.equals("delivered");
    }

    ObjectNode json() {
        return Json.object()
                .put("time", time.toString())
                .put("millis", millis)
                .put("delivery", delivery)
                .put("event", event)
                .put("type", type)
                .put("object", object)
                .put("endpoint", endpoint)
                .put("attempt", number)
                .put("copy", copy)
                .put("status", status)
                .put("outcome", outcome)
                .put("error", error)
                .put("retry_in_seconds", retryIn);
    }
}
