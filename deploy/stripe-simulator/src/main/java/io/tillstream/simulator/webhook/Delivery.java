package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One event on its way to one endpoint. Changes on the timeline only. */
final class Delivery {
    final String id = Ids.nextShort("del");
    final String event;
    final String type;
    final @Nullable String object;
    final String endpoint;
    final boolean copy;
    int attempts;
    boolean counted; // whether its outcome was told to the event
    boolean answerIsLost;

    @Nullable
    String version;

    /** A copy is sent once and says nothing about the event. */
    Delivery(String event, String type, @Nullable String object, String endpoint, boolean copy) {
        this.event = event;
        this.type = type;
        this.object = object;
        this.endpoint = endpoint;
        this.copy = copy;
        this.counted = copy;
    }

    static Delivery of(ObjectNode event, String endpoint) {
        return new Delivery(
                Json.textOf(event, "id"),
                Json.textOf(event, "type"),
                Json.text(event.path("data").path("object"), "id"),
                endpoint,
                false);
    }

    Delivery copied() {
        return new Delivery(event, type, object, endpoint, true);
    }

    ObjectNode json() {
        return Json.object()
                .put("id", id)
                .put("event", event)
                .put("type", type)
                .put("object", object)
                .put("endpoint", endpoint)
                .put("attempts", attempts)
                .put("copy", copy);
    }
}
