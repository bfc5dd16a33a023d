package io.tillstream.simulator.event;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What happened, each with the object as it was then. */
@Component
public final class Events {
    private final Timeline timeline;
    private final BillingTime time;
    private final Store store;
    private final StateMap<Progress> undelivered;
    private final List<BiConsumer<String, ObjectNode>> followers = new ArrayList<>();
    private @Nullable EventDelivery delivery;
    private Origin origin = Origin.ITSELF;
    private final List<ObjectNode> held = new ArrayList<>(); // until the request that caused them is done
    private boolean holding;

    /** Endpoints that have not answered yet, and whether one was given up. */
    private record Progress(int pending, boolean failed) {}

    public Events(Timeline timeline, BillingTime time, Stores stores) {
        this.timeline = timeline;
        this.time = time;
        this.store = stores.openByKind("event", "evt", "type");
        this.undelivered = stores.map("event.undelivered", Progress.class);
    }

    public void deliverTo(EventDelivery takesOver) {
        this.delivery = takesOver;
    }

    /** Calls with the type and a copy of the object of each event, within the turn in which it happened. */
    public void follow(BiConsumer<String, ObjectNode> follower) {
        followers.add(follower);
    }

    /** What happens in {@code work} is told as the consequence of this request: after it, unless it was taken back. */
    public <T> T during(Origin request, Supplier<T> work) {
        origin = request;
        holding = true;
        try {
            return work.get();
        } finally {
            origin = Origin.ITSELF;
            holding = false;
            held.stream().filter(event -> store.has(Json.textOf(event, "id"))).forEach(this::deliver);
            held.clear();
        }
    }

    /** Tells that something happened to an object. */
    public void emit(String type, ObjectNode object) {
        emit(type, object, null);
    }

    /** Tells that an object changed, with what it was before; a change that changed nothing is not told. */
    public void changed(String type, Store.Change change) {
        if (!change.previous().isEmpty()) {
            emit(type, change.object(), change.previous());
        }
    }

    public void emit(String type, ObjectNode object, @Nullable ObjectNode previousAttributes) {
        ObjectNode event = Json.object("event", Ids.next("evt"));
        event.put("api_version", SimulatorSettings.API_VERSION);
        event.put("created", timeline.now());
        ObjectNode data = event.putObject("data");
        data.set("object", object.deepCopy());
        if (previousAttributes != null) {
            data.set("previous_attributes", previousAttributes.deepCopy());
        }
        event.put("livemode", false).put("pending_webhooks", 0);
        event.putObject("request").put("id", origin.requestId()).put("idempotency_key", origin.idempotencyKey());
        event.put("type", type);
        store.add(event);
        if (holding) {
            held.add(event);
        } else {
            deliver(event);
        }
        time.of(object, () -> {
            followers.forEach(follower -> follower.accept(type, object.deepCopy()));
            return object;
        });
    }

    private void deliver(ObjectNode event) {
        int endpoints = delivery == null ? 0 : delivery.accept(event.deepCopy());
        if (endpoints > 0) {
            undelivered.put(Json.textOf(event, "id"), new Progress(endpoints, false));
        }
    }

    /** An endpoint took the event, or was given up. */
    public void delivered(String id, boolean success) {
        Progress progress = undelivered.get(id);
        if (progress != null) {
            Progress left = new Progress(Math.max(0, progress.pending() - 1), progress.failed() || !success);
            if (left.pending() == 0 && !left.failed()) {
                undelivered.remove(id);
            } else {
                undelivered.put(id, left);
            }
        }
    }

    /** An event is to be sent to one more endpoint, as by a resend. */
    public void awaited(String id) {
        Progress was = undelivered.getOrDefault(id, new Progress(0, false));
        undelivered.put(id, new Progress(was.pending() + 1, was.failed()));
    }

    /** Whether every endpoint that wants it has taken it. */
    public boolean isDelivered(String id) {
        return !undelivered.contains(id);
    }

    /** Events that an endpoint has not taken yet or never will, oldest first. */
    public List<String> undelivered() {
        return undelivered.keys();
    }

    /** A given up event was taken after all, as by a resend. */
    public void deliveredAfterAll(String id) {
        Progress progress = undelivered.get(id);
        if (progress != null && progress.pending() == 0) {
            undelivered.remove(id);
        }
    }

    public Optional<ObjectNode> find(String id) {
        return store.find(id).map(this::withPending);
    }

    /** All events, with {@code type} indexed. What it finds lacks the current {@code pending_webhooks}. */
    public Query query() {
        return new Query(store);
    }

    public Store store() {
        return store;
    }

    public ObjectNode withPending(ObjectNode event) {
        Progress progress = undelivered.get(Json.textOf(event, "id"));
        return event.put("pending_webhooks", progress == null ? 0 : progress.pending());
    }
}
