package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Previews;
import io.tillstream.simulator.subscription.Previews.Planned;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a schedule makes of the next invoice, for a preview: its first phase, or the one that begins with the next period. */
@Component
class SchedulePreviews {
    private final Schedules schedules;
    private final PhaseChange changes;

    SchedulePreviews(Schedules schedules, PhaseChange changes, Previews previews) {
        this.schedules = schedules;
        this.changes = changes;
        previews.ofSchedules(this::planned);
    }

    private Planned planned(String id) {
        ObjectNode schedule = schedules
                .store()
                .find(id)
                .filter(Schedules::isOpen)
                .orElseThrow(() -> StripeError.missingReference("subscription_schedule", id, "schedule"));
        String customer = Json.textOf(schedule, "customer");
        String subscription = Json.text(schedule, "subscription");
        if (subscription == null) {
            ObjectNode details = Json.object();
            ObjectNode items = details.putObject("items");
            for (JsonNode item : Phases.of(schedule).get(0).path("items")) {
                PhaseChange.quantity(
                        items.putObject(Integer.toString(items.size())).put("price", Json.textOf(item, "price")), item);
            }
            return new Planned(null, customer, details);
        }
        ObjectNode details = Json.object().put("proration_behavior", "none");
        ObjectNode next = Phases.starting(schedule, Json.number(schedule.path("current_phase"), "end_date"));
        ObjectNode now = schedules.subscription(subscription);
        long period = Json.number(now.path("items").path("data").path(0), "current_period_end");
        if (next != null && Json.number(next, "start_date") <= period) {
            ObjectNode items = changes.itemsFor(now, next);
            if (!items.isEmpty()) {
                details.set("items", items);
            }
        }
        return new Planned(subscription, customer, details);
    }
}
