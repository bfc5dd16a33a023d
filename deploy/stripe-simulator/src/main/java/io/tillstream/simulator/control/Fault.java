package io.tillstream.simulator.control;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One thing that is to go wrong.
 *
 * @param operation method and path, as {@code POST /v1/refunds}, or with a path pattern; {@code *} for any method
 * @param times how often; null for until it is removed
 * @param delayMillis of latency, or how long an unanswered connection stays open
 * @param reason for {@code Stripe-Rate-Limited-Reason}; without it the 429 is a lock time-out
 * @param skip how many matching requests pass before the first is hit
 * @param params that a request must bring to be hit, as {@code {"metadata.order_id": "…"}}; empty for any
 */
public record Fault(
        String id,
        String operation,
        FaultKind kind,
        @Nullable Integer times,
        long delayMillis,
        @Nullable String reason,
        int skip,
        ObjectNode params) {
    private static final long USUAL_LATENCY_MILLIS = 1_000;
    private static final long USUAL_HANG_MILLIS = 120_000; // longer than any client waits
    private static final Set<String> FIELDS =
            Set.of("operation", "kind", "times", "delay_millis", "reason", "skip", "params");

    static Fault read(ObjectNode json) {
        for (String field : json.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException("unknown field " + field + "; known are " + FIELDS);
            }
        }
        String operation = Json.text(json, "operation");
        String kindText = Json.text(json, "kind");
        if (operation == null || kindText == null || operation.indexOf(' ') < 0) {
            throw new IllegalArgumentException("a fault needs an operation, as 'POST /v1/refunds', and a kind");
        }
        FaultKind kind = FaultKind.valueOf(kindText.toUpperCase(Locale.ROOT));
        Integer times = Json.present(json, "times") ? (int) Json.number(json, "times") : null;
        long usual = kind == FaultKind.LATENCY ? USUAL_LATENCY_MILLIS : USUAL_HANG_MILLIS;
        long delay = Json.present(json, "delay_millis") ? Json.number(json, "delay_millis") : usual;
        int skip = (int) Json.number(json, "skip");
        ObjectNode params = json.path("params") instanceof ObjectNode given ? given : Json.object();
        return new Fault(
                Ids.nextShort("fault"), operation, kind, times, delay, Json.text(json, "reason"), skip, params);
    }

    ObjectNode json() {
        return Json.object()
                .put("id", id)
                .put("operation", operation)
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("times", times)
                .put("delay_millis", delayMillis)
                .put("reason", reason)
                .put("skip", skip)
                .set("params", params);
    }

    Fault hit() {
        Integer left = times == null ? null : times - 1;
        return new Fault(id, operation, kind, left, delayMillis, reason, skip, params);
    }

    Fault skipped() {
        return new Fault(id, operation, kind, times, delayMillis, reason, skip - 1, params);
    }
}
