package io.tillstream.simulator.control;

import io.tillstream.simulator.state.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that was answered, or hit by a fault.
 *
 * @param time on the clock outside, so that it can be held against other logs
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
        @Nullable String idempotencyKey,
        boolean replayed,
        int status,
        @Nullable String objectId,
        @Nullable String errorCode,
        boolean clientGone,
        @Nullable String fault) {

    ObjectNode json(long number) {
        return Json.object()
                .put("number", number)
                .put("time", time.toString())
                .put("millis", millis)
                .put("request_id", requestId)
                .put("method", method)
                .put("path", path)
                .put("params", params)
                .put("idempotency_key", idempotencyKey)
                .put("replayed", replayed)
                .put("status", status)
                .put("object_id", objectId)
                .put("error_code", errorCode)
                .put("client_gone", clientGone)
                .put("fault", fault);
    }
}
