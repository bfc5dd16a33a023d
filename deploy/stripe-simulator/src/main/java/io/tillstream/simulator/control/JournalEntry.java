package io.tillstream.simulator.control;

import io.tillstream.simulator.state.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that was answered, or hit by a fault.
 *
 * @param time on the clock outside, so that it can be held against other logs
 * @param caller what the request says of itself: who sends it, in which form, and for which version
 * @param params as sent, with card data and client secrets masked
 * @param status that was answered; 0 if the connection was left without an answer
 * @param objectId of the object answered with
 * @param clientGone whether the caller was gone before there was an answer
 */
public record JournalEntry(
        Instant time,
        long millis,
        String requestId,
        String method,
        String path,
        String params,
        Caller caller,
        @Nullable String idempotencyKey,
        boolean replayed,
        int status,
        @Nullable String objectId,
        @Nullable String errorCode,
        boolean clientGone,
        @Nullable String fault) {

    /** Headers of a request. */
    public record Caller(
            @Nullable String userAgent,
            @Nullable String contentType,
            @Nullable String version) {}

    ObjectNode json(long number) {
        return Json.object()
                .put("number", number)
                .put("time", time.toString())
                .put("millis", millis)
                .put("request_id", requestId)
                .put("method", method)
                .put("path", path)
                .put("params", params)
                .put("user_agent", caller.userAgent())
                .put("content_type", caller.contentType())
                .put("stripe_version", caller.version())
                .put("idempotency_key", idempotencyKey)
                .put("replayed", replayed)
                .put("status", status)
                .put("object_id", objectId)
                .put("error_code", errorCode)
                .put("client_gone", clientGone)
                .put("fault", fault);
    }
}
