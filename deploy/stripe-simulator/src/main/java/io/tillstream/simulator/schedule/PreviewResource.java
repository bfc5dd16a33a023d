package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.PreviewInput;
import io.tillstream.simulator.subscription.Previews;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /v1/invoices/create_preview}: of a subscription, or of what a schedule makes of one, as it is or as it would be
 * with other phases (docs.stripe.com/api/invoices/create_preview). Nothing is stored by it.
 */
@Component
class PreviewResource implements Resource {
    private final BillingTime time;
    private final Schedules schedules;
    private final Phases phases;
    private final PhaseRewrite rewrite;
    private final Customers customers;
    private final Previews previews;

    PreviewResource(
            BillingTime time,
            Schedules schedules,
            Phases phases,
            PhaseRewrite rewrite,
            Customers customers,
            Previews previews) {
        this.time = time;
        this.schedules = schedules;
        this.phases = phases;
        this.rewrite = rewrite;
        this.customers = customers;
        this.previews = previews;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/invoices/create_preview", call -> preview(call.params()))
                .takes(Previews.params())
                .takes("schedule", "schedule_details.billing_mode.type=flexible")
                .takes("schedule_details.end_behavior", "schedule_details.proration_behavior")
                .takesWithin("schedule_details", List.of(Phases.PARAMS));
    }

    private ObjectNode preview(Params params) {
        if (!params.has("schedule") && !params.has("schedule_details")) {
            return previews.preview(params);
        }
        for (String other : new String[] {"subscription", "subscription_details"}) {
            if (params.has(other)) {
                throw StripeError.malformed(
                        null,
                        "You may not specify `" + other + "` with `schedule` or `schedule_details`.",
                        params.has("schedule") ? "schedule" : "schedule_details");
            }
        }
        Params details = params.child("schedule_details");
        String id = params.text("schedule");
        ObjectNode schedule = id == null ? sketched(params, Objects.requireNonNull(details)) : changed(id, details);
        String proration = details == null
                ? null
                : details.oneOf("proration_behavior", "create_prorations", "always_invoice", "none");
        return previews.preview(params, planned(schedule, details != null, proration));
    }

    /** As it would be made. */
    private ObjectNode sketched(Params params, Params details) {
        String customer = params.required("customer");
        if (customers.store().find(customer).isEmpty()) {
            throw StripeError.missingReference("customer", customer, "customer");
        }
        ObjectNode schedule = ScheduleJson.create(customer, time.now());
        ScheduleJson.settings(details, schedule, Json.object());
        List<ObjectNode> planned = phases.read(schedule, details.children("phases"), time.now(), List.of());
        if (planned.isEmpty()) {
            throw StripeError.malformed(
                    "parameter_missing",
                    "Missing required param: " + details.param("phases") + ".",
                    details.param("phases"));
        }
        ((ArrayNode) schedule.get("phases")).addAll(planned);
        return schedule;
    }

    /** As an update would make it. */
    private ObjectNode changed(String id, @Nullable Params details) {
        ObjectNode schedule = schedules
                .store()
                .find(id)
                .filter(Schedules::isOpen)
                .orElseThrow(() -> StripeError.missingReference("subscription_schedule", id, "schedule"));
        if (details != null) {
            ScheduleJson.settings(details, schedule, Json.object());
            if (details.has("phases")) {
                rewrite.apply(details, schedule);
            }
        }
        return schedule;
    }

    private PreviewInput planned(ObjectNode schedule, boolean changed, @Nullable String proration) {
        String customer = Json.textOf(schedule, "customer");
        String id = Json.text(schedule, "subscription");
        ObjectNode current = PhaseRewrite.current(schedule);
        if (id == null || current == null) {
            ObjectNode first = Phases.of(schedule).get(0);
            long at = Math.max(time.now(), Json.number(first, "start_date"));
            return new PreviewInput(null, customer, at, new Params(PhaseChange.begun(schedule, first)), List.of());
        }
        ObjectNode subscription = schedules.subscription(id);
        ObjectNode details = changed ? PhaseChange.wanted(subscription, schedule, current) : Json.object();
        details.put("proration_behavior", Objects.requireNonNullElse(proration, "create_prorations"));
        end(schedule, subscription, details);
        long begun = Json.number(current, "start_date");
        List<PreviewInput.Step> steps = Phases.of(schedule).stream()
                .filter(phase -> Json.number(phase, "start_date") > begun)
                .map(phase -> step(schedule, phase))
                .toList();
        return new PreviewInput(subscription, customer, time.now(), new Params(details), steps);
    }

    private static PreviewInput.Step step(ObjectNode schedule, ObjectNode phase) {
        return new PreviewInput.Step(
                Json.number(phase, "start_date"), subscription -> PhaseChange.wanted(subscription, schedule, phase)
                        .put("proration_behavior", Json.textOf(phase, "proration_behavior")));
    }

    /** A schedule that ends by {@code cancel} ends its subscription; one that no longer does lets it go on. */
    private static void end(ObjectNode schedule, ObjectNode subscription, ObjectNode details) {
        long end = Json.number(Phases.last(schedule), "end_date");
        if (ScheduleEndings.ends(schedule)) {
            details.put("cancel_at", Long.toString(end));
        } else if (Json.present(subscription, "cancel_at")) {
            details.put("cancel_at", "");
        }
    }
}
