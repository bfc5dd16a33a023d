package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Other phases for a schedule that has some. */
@Component
class PhaseRewrite {
    private final BillingTime time;
    private final Phases phases;

    PhaseRewrite(BillingTime time, Phases phases) {
        this.time = time;
        this.phases = phases;
    }

    /** Phases that are over stay as they were; the others are what is given now. */
    void apply(Params params, ObjectNode schedule) {
        ObjectNode current = current(schedule);
        long start = Json.number(current == null ? schedule.get("phases").get(0) : current, "start_date");
        List<ObjectNode> wanted = phases.read(schedule, params.children("phases"), start, past(schedule, start));
        if (wanted.isEmpty()) {
            throw StripeError.malformed(
                    "parameter_missing",
                    "Missing required param: " + params.param("phases") + ".",
                    params.param("phases"));
        }
        long first = Json.number(wanted.get(0), "start_date");
        if (current != null && first != start) {
            throw StripeError.invalid(
                    null,
                    "You can not modify the start date of the current phase.",
                    params.param("phases[0][start_date]"));
        }
        long end = Json.number(wanted.get(wanted.size() - 1), "end_date");
        if (end < time.now()) {
            throw StripeError.invalid(null, "The last phase must end in the future.", params.param("phases"));
        }
        List<ObjectNode> over = past(schedule, start);
        ArrayNode list = schedule.putArray("phases");
        over.forEach(list::add);
        wanted.forEach(list::add);
    }

    private static List<ObjectNode> past(ObjectNode schedule, long start) {
        return Phases.of(schedule).stream()
                .filter(phase -> Json.number(phase, "end_date") <= start)
                .toList();
    }

    static @Nullable ObjectNode current(ObjectNode schedule) {
        JsonNode current = schedule.path("current_phase");
        return current.isObject() ? Phases.starting(schedule, Json.number(current, "start_date")) : null;
    }
}
