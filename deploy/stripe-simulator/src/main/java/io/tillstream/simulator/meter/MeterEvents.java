package io.tillstream.simulator.meter;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Timeline;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/billing/meter_events} and their cancellation. Stripe counts them a while later, the stand-in at once. */
@Component
class MeterEvents implements Resource {
    private static final long OLDEST = Duration.ofDays(35).toSeconds(); // Stripe's limits for a timestamp
    private static final long NEWEST = Duration.ofMinutes(5).toSeconds();
    private static final long ONCE = Duration.ofHours(24).toSeconds(); // how long an identifier is known at least

    private final Timeline timeline;
    private final BillingTime time;
    private final Meters meters;

    MeterEvents(Timeline timeline, BillingTime time, Meters meters) {
        this.timeline = timeline;
        this.time = time;
        this.meters = meters;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/billing/meter_events", this::create)
                .takes("event_name", "identifier", "payload.*", "timestamp");
        routes.post("/v1/billing/meter_event_adjustments", this::cancel)
                .takes("event_name", "type", "cancel.identifier");
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        String name = params.required("event_name");
        ObjectNode meter = meters.active(name)
                .orElseThrow(
                        () -> StripeError.invalid(null, "No active meter found for event name: " + name, "event_name"));
        Params payload = params.child("payload");
        if (payload == null) {
            throw StripeError.malformed("parameter_missing", "Missing required param: payload.", "payload");
        }
        String customer = payload.required(Json.textOf(meter.path("customer_mapping"), "event_payload_key"));
        if (!Json.is(meter.path("default_aggregation"), "formula", "count")) {
            value(payload, Json.textOf(meter.path("value_settings"), "event_payload_key"));
        }
        long now = time.ofFirst(List.of(customer), time::now);
        Long given = params.integer("timestamp");
        long timestamp = given == null ? now : given;
        if (timestamp < now - OLDEST || timestamp > now + NEWEST) {
            throw StripeError.malformed(
                    null,
                    "The timestamp must be within the past 35 calendar days or up to 5 minutes in the future.",
                    "timestamp");
        }
        String identifier = Objects.requireNonNullElseGet(
                params.text("identifier"), () -> UUID.randomUUID().toString());
        refuseTwice(identifier);
        ObjectNode event = Json.object("billing.meter_event", Ids.next("mtrev")).put("created", timeline.now());
        event.put("event_name", name).put("identifier", identifier).put("livemode", false);
        event.set("payload", payload.tree().deepCopy());
        event.put("timestamp", timestamp);
        meters.events().add(event.put("series", Meters.series(name, customer)));
        ObjectNode shown = event.deepCopy();
        shown.remove(List.of("id", "series"));
        return shown;
    }

    private static void value(Params payload, String key) {
        String value = payload.required(key);
        try {
            if (new BigDecimal(value).signum() >= 0) {
                return;
            }
        } catch (NumberFormatException e) {
            // Refused below, as a negative number is.
        }
        throw StripeError.malformed(
                null, "The value of `" + key + "` must be a number that is not negative: " + value, payload.param(key));
    }

    private void refuseTwice(String identifier) {
        boolean known = new Query(meters.events())
                .where("identifier", identifier)
                .newest()
                .filter(event -> Json.number(event, "created") > timeline.now() - ONCE)
                .isPresent();
        if (known) {
            throw StripeError.invalid(
                    null, "An event already exists with identifier " + identifier + ".", "identifier");
        }
    }

    private ObjectNode cancel(Call call) {
        Params params = call.params();
        String name = params.required("event_name");
        params.required("type");
        Params cancel = params.child("cancel");
        String identifier = cancel == null ? params.required("cancel") : cancel.required("identifier");
        ObjectNode event = new Query(meters.events())
                .where("identifier", identifier)
                .where("event_name", name)
                .newest()
                .filter(each -> Json.number(each, "created") > timeline.now() - ONCE)
                .orElseThrow(() -> StripeError.invalid(
                        null,
                        "No event of the last 24 hours with identifier " + identifier + ".",
                        "cancel[identifier]"));
        meters.events().delete(Json.textOf(event, "id"), null);
        ObjectNode adjustment = Json.object().put("object", "billing.meter_event_adjustment");
        adjustment.putObject("cancel").put("identifier", identifier);
        return adjustment
                .put("event_name", name)
                .put("livemode", false)
                .put("status", "pending")
                .put("type", "cancel");
    }
}
