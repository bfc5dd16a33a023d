package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One event on its way to one endpoint. Changes on the timeline only. */
final class Delivery {
    final String id;
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
    private Delivery(String id, String event, String type, @Nullable String object, String endpoint, boolean copy) {
        this.id = id;
        this.event = event;
        this.type = type;
        this.object = object;
        this.endpoint = endpoint;
        this.copy = copy;
        this.counted = copy;
    }

    static Delivery of(ObjectNode event, String endpoint) {
        return new Delivery(
                Ids.nextShort("del"),
                Json.textOf(event, "id"),
                Json.textOf(event, "type"),
                Json.text(event.path("data").path("object"), "id"),
                endpoint,
                false);
    }

    Delivery copied() {
        return new Delivery(Ids.nextShort("del"), event, type, object, endpoint, true);
    }

    /**
     * A delivery that is not over, as the next process finds it.
     *
     * @param waits for its next attempt, which is on the agenda; otherwise it is to set out
     */
    record Open(String event, String type, @Nullable String object, String endpoint, int attempts, boolean waits) {}

    Open open(boolean waits) {
        return new Open(event, type, object, endpoint, attempts, waits);
    }

    static Delivery of(String id, Open open) {
        Delivery delivery = new Delivery(id, open.event(), open.type(), open.object(), open.endpoint(), false);
        delivery.attempts = open.attempts();
        return delivery;
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
