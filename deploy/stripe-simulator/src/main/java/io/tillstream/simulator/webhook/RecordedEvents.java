package io.tillstream.simulator.webhook;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Timeline;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/events}: what happened in the last thirty days, and what of it was not taken yet. */
@Component
class RecordedEvents implements Resource {
    private static final int MOST_TYPES = 20; // Stripe's limit
    private static final long KEPT_SECONDS = Duration.ofDays(30).toSeconds(); // as long as Stripe lists them

    private final Events events;
    private final Timeline timeline;

    RecordedEvents(Events events, Timeline timeline) {
        this.events = events;
        this.timeline = timeline;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/events", this::list).paged().takes("type", "types", "delivery_success");
        routes.get("/v1/events/{id}", call -> events.withPending(call.object(events.store())));
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Query query = events.query().created(timeline.now() - KEPT_SECONDS, Long.MAX_VALUE);
        String type = params.text("type");
        List<String> types = params.texts("types");
        if (type != null && !types.isEmpty()) {
            throw StripeError.malformed(null, "You can only specify one of type or types.", "types");
        }
        if (types.size() > MOST_TYPES) {
            throw StripeError.malformed(null, "You can specify at most 20 types.", "types");
        }
        if (type != null && !type.contains("*")) {
            query.where("type", type);
        } else if (type != null) {
            query.where(event -> matches(type, Json.textOf(event, "type")));
        } else if (!types.isEmpty()) {
            query.where(event -> types.contains(Json.textOf(event, "type")));
        }
        narrowByDelivery(query, params);
        ObjectNode list = call.list(events.store(), query);
        ArrayNode data = (ArrayNode) list.get("data");
        for (int i = 0; i < data.size(); i++) {
            data.set(i, events.withPending((ObjectNode) data.get(i)));
        }
        return list;
    }

    private void narrowByDelivery(Query query, Params params) {
        Boolean success = params.flag("delivery_success");
        if (success == null) {
            return;
        }
        List<String> undelivered = events.undelivered();
        Set<String> lookup = new HashSet<>(undelivered);
        query.where(event -> success != lookup.contains(Json.textOf(event, "id")));
        if (!success) {
            // A reader asks for these every few minutes: nothing older than the oldest of them needs a look.
            long since = undelivered.isEmpty() ? Long.MAX_VALUE : oldest(undelivered);
            query.created(since, Long.MAX_VALUE);
        }
    }

    private long oldest(List<String> undelivered) {
        return events.find(undelivered.get(0))
                .map(event -> Json.number(event, "created"))
                .orElse(0L);
    }

    /** Whether a type is as the pattern says, in which a star stands for any text. */
    static boolean matches(String pattern, String type) {
        List<String> literals = List.of(pattern.split("\\*", -1));
        String first = literals.get(0);
        String last = literals.get(literals.size() - 1);
        int end = type.length() - last.length();
        if (literals.size() == 1 || end < first.length() || !type.startsWith(first) || !type.endsWith(last)) {
            return pattern.equals(type);
        }
        int at = first.length();
        for (String literal : literals.subList(1, literals.size() - 1)) {
            int found = type.indexOf(literal, at);
            if (found < 0 || found + literal.length() > end) {
                return false;
            }
            at = found + literal.length();
        }
        return true;
    }
}
