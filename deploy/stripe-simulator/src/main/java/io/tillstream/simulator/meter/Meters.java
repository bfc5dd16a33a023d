package io.tillstream.simulator.meter;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** All meters, and what they count: the events of one customer in a time (docs.stripe.com/api/billing/meter). */
@Component
public class Meters {
    private final Store meters;
    private final Store events;

    Meters(Stores stores) {
        this.meters = stores.open("billing.meter", "mtr", "event_name");
        this.events = stores.open("billing.meter_event", "mtrev", "series", "identifier");
    }

    Store store() {
        return meters;
    }

    Store events() {
        return events;
    }

    /** The meter that counts events of this name now. */
    Optional<ObjectNode> active(String eventName) {
        return new Query(meters)
                .where("event_name", eventName)
                .where("status", "active")
                .newest();
    }

    /** Refuses a meter that a price cannot be made for. */
    public void requireActive(String id, String param) {
        ObjectNode meter = meters.find(id).orElseThrow(() -> StripeError.missingReference("billing meter", id, param));
        if (!Json.is(meter, "status", "active")) {
            throw StripeError.invalid(null, "The meter " + id + " is inactive.", param);
        }
    }

    static String series(String eventName, String customer) {
        return eventName + " " + customer;
    }

    /** What a customer used from a second on until another one, as the meter aggregates it. */
    public BigDecimal usage(String meter, String customer, long from, long to) {
        ObjectNode of = meters.get(meter);
        List<ObjectNode> counted = new Query(events)
                .where("series", series(Json.textOf(of, "event_name"), customer))
                .where(event -> Json.number(event, "timestamp") >= from && Json.number(event, "timestamp") < to)
                .all();
        return switch (Json.textOf(of.path("default_aggregation"), "formula")) {
            case "count" -> BigDecimal.valueOf(counted.size());
            case "last" ->
                counted.stream()
                        .max(Comparator.comparingLong(event -> Json.number(event, "timestamp")))
                        .map(event -> value(of, event))
                        .orElse(BigDecimal.ZERO);
            default -> counted.stream().map(event -> value(of, event)).reduce(BigDecimal.ZERO, BigDecimal::add);
        };
    }

    private static BigDecimal value(ObjectNode meter, ObjectNode event) {
        String key = Json.textOf(meter.path("value_settings"), "event_payload_key");
        return new BigDecimal(Json.textOf(event.path("payload"), key));
    }
}
