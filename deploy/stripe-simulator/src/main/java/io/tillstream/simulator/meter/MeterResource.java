package io.tillstream.simulator.meter;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Timeline;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/billing/meters}: create, retrieve, update, deactivate, reactivate, list, and what they counted. */
@Component
class MeterResource implements Resource {
    private static final int MOST_SUMMARIES = 10_000; // windows looked at in one request
    private static final long MINUTE = Duration.ofMinutes(1).toSeconds();

    private final Timeline timeline;
    private final Events events;
    private final Meters meters;

    MeterResource(Timeline timeline, Events events, Meters meters) {
        this.timeline = timeline;
        this.events = events;
        this.meters = meters;
    }

    @Override
    public void addTo(Routes routes) {
        String all = "/v1/billing/meters";
        routes.post(all, this::create)
                .takes("customer_mapping.event_payload_key", "customer_mapping.type", "default_aggregation.formula")
                .takes("display_name", "event_name", "event_time_window", "value_settings.event_payload_key");
        routes.get(
                        all,
                        call -> call.list(
                                meters.store(),
                                new Query(meters.store())
                                        .where("status", call.params().text("status"))))
                .paged()
                .takes("status");
        routes.get(all + "/{id}", this::meter);
        routes.post(all + "/{id}", this::update).takes("display_name");
        routes.post(all + "/{id}/deactivate", call -> become(call, "inactive"));
        routes.post(all + "/{id}/reactivate", call -> become(call, "active"));
        routes.get(all + "/{id}/event_summaries", this::summaries)
                .takes("customer", "start_time", "end_time", "value_grouping_window")
                .paged();
    }

    @CanIgnoreReturnValue
    private ObjectNode meter(Call call) {
        return call.object(meters.store(), "meter");
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        String name = params.required("event_name");
        if (meters.active(name).isPresent()) {
            throw StripeError.invalid(
                    null, "An active meter with the event name `" + name + "` already exists.", "event_name");
        }
        Params aggregation = params.child("default_aggregation");
        if (aggregation == null) {
            throw StripeError.malformed(
                    "parameter_missing", "Missing required param: default_aggregation.", "default_aggregation");
        }
        Params mapping = params.child("customer_mapping");
        Params value = params.child("value_settings");
        ObjectNode meter = Json.object("billing.meter", Ids.next("mtr_test")).put("created", timeline.now());
        meter.putObject("customer_mapping")
                .put(
                        "event_payload_key",
                        mapping == null ? "stripe_customer_id" : mapping.required("event_payload_key"))
                .put("type", mapping == null ? "by_id" : mapping.required("type"));
        meter.putObject("default_aggregation").put("formula", aggregation.required("formula"));
        meter.put("display_name", params.required("display_name")).put("event_name", name);
        meter.put("event_time_window", params.text("event_time_window")).put("livemode", false);
        meter.put("status", "active").putObject("status_transitions").putNull("deactivated_at");
        meter.put("updated", timeline.now());
        meter.putObject("value_settings")
                .put("event_payload_key", value == null ? "value" : value.required("event_payload_key"));
        meters.store().add(meter);
        events.emit("billing.meter.created", meter);
        return meter;
    }

    private ObjectNode update(Call call) {
        meter(call);
        String name = call.params().text("display_name");
        Store.Change change = meters.store().update(call.variable("id"), each -> each.put(
                        "display_name", name == null ? Json.textOf(each, "display_name") : name)
                .put("updated", timeline.now()));
        events.changed("billing.meter.updated", change);
        return change.object();
    }

    private ObjectNode become(Call call, String status) {
        ObjectNode meter = meter(call);
        boolean active = status.equals("active");
        if (Json.is(meter, "status", status)) {
            throw StripeError.invalid(null, "The meter is already " + status + ".", null);
        }
        if (active && meters.active(Json.textOf(meter, "event_name")).isPresent()) {
            throw StripeError.invalid(null, "An active meter with this event name already exists.", null);
        }
        Store.Change change = meters.store().update(call.variable("id"), each -> {
            each.put("status", status).put("updated", timeline.now());
            each.putObject("status_transitions").put("deactivated_at", active ? null : timeline.now());
        });
        events.changed(active ? "billing.meter.reactivated" : "billing.meter.deactivated", change);
        return change.object();
    }

    private ObjectNode summaries(Call call) {
        ObjectNode meter = meter(call);
        Params params = call.params();
        String customer = params.required("customer");
        long from = aligned(params, "start_time");
        long to = aligned(params, "end_time");
        String window = params.text("value_grouping_window");
        long step = window == null
                ? Math.max(1, to - from)
                : Duration.ofHours(window.equals("day") ? 24 : 1).toSeconds();
        if (to <= from || (to - from) / step > MOST_SUMMARIES) {
            throw StripeError.malformed(null, "end_time must be after start_time, and not too far.", "end_time");
        }
        List<ObjectNode> all = new ArrayList<>();
        for (long start = from; start < to; start += step) {
            BigDecimal sum = meters.usage(Json.textOf(meter, "id"), customer, start, Math.min(to, start + step));
            if (window == null || sum.signum() != 0) {
                all.add(summary(meter, sum, start, Math.min(to, start + step)));
            }
        }
        Collections.reverse(all);
        return page(call, all);
    }

    private static long aligned(Params params, String name) {
        long at = params.requiredInteger(name);
        if (at % MINUTE != 0) {
            throw StripeError.malformed(null, name + " must be aligned with minute boundaries.", name);
        }
        return at;
    }

    private static ObjectNode summary(ObjectNode meter, BigDecimal value, long from, long to) {
        String id = "mtrusg_test_" + Json.textOf(meter, "id") + "_" + from;
        return Json.object("billing.meter_event_summary", id)
                .put("aggregated_value", value)
                .put("end_time", to)
                .put("livemode", false)
                .put("meter", Json.textOf(meter, "id"))
                .put("start_time", from);
    }

    private static ObjectNode page(Call call, List<ObjectNode> all) {
        String after = Objects.requireNonNullElse(call.params().text("starting_after"), "");
        int from = 0;
        for (int i = 0; i < all.size(); i++) {
            from = Json.is(all.get(i), "id", after) ? i + 1 : from;
        }
        int to = Math.min(all.size(), from + call.limit());
        return Call.list(call.url(), new Query.Slice(all.subList(from, to), to < all.size()));
    }
}
