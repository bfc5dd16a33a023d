package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Stores;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/subscription_schedules}: create, retrieve, update, release, cancel, list. */
@Component
class ScheduleResource implements Resource {
    private static final Set<String> OVER = Set.of("canceled", "incomplete_expired");

    private final BillingTime time;
    private final Schedules schedules;
    private final ScheduleTurns turns;
    private final ScheduleEndings endings;
    private final Phases phases;
    private final PhaseRewrite rewrite;
    private final PhaseRules rules;
    private final Customers customers;
    private final Stores stores;

    ScheduleResource(
            BillingTime time,
            Schedules schedules,
            ScheduleTurns turns,
            ScheduleEndings endings,
            Phases phases,
            PhaseRewrite rewrite,
            PhaseRules rules,
            Customers customers,
            Stores stores) {
        this.time = time;
        this.schedules = schedules;
        this.turns = turns;
        this.endings = endings;
        this.phases = phases;
        this.rewrite = rewrite;
        this.rules = rules;
        this.customers = customers;
        this.stores = stores;
    }

    @Override
    public void addTo(Routes routes) {
        String all = "/v1/subscription_schedules";
        routes.get(all, this::list).paged().takes("customer", "scheduled");
        routes.post(all, this::create)
                .takesAnyOf(ScheduleJson.PARAMS)
                .takesAnyOf(Phases.PARAMS)
                .takes("customer", "from_subscription", "start_date", "billing_mode.type=flexible");
        routes.get(all + "/{id}", call -> call.object(schedules.store(), "schedule"));
        routes.post(all + "/{id}", this::update)
                .takesAnyOf(ScheduleJson.PARAMS)
                .takesAnyOf(Phases.PARAMS)
                .takes("proration_behavior");
        routes.post(all + "/{id}/release", this::release).takes("preserve_cancel_date");
        routes.post(all + "/{id}/cancel", this::cancel).takes("invoice_now", "prorate");
    }

    private ObjectNode list(Call call) {
        Query query =
                new Query(schedules.store()).where("customer", call.params().text("customer"));
        if (call.params().isTrue("scheduled")) {
            query.where("status", "not_started");
        }
        return call.list(schedules.store(), query);
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        String subscription = params.text("from_subscription");
        return subscription == null ? planned(call) : taken(subscription, params);
    }

    /** From a subscription that runs: what it is now is the first phase. */
    private ObjectNode taken(String subscription, Params params) {
        if (params.has("phases") || params.has("customer") || params.has("start_date")) {
            throw StripeError.malformed(
                    null,
                    "You can not pass `customer`, `phases` or `start_date` if `from_subscription` is set.",
                    "from_subscription");
        }
        ObjectNode known = stores.ofType("subscription")
                .flatMap(all -> all.find(subscription))
                .orElseThrow(() -> StripeError.missingReference("subscription", subscription, "from_subscription"));
        if (OVER.contains(Json.textOf(known, "status"))) {
            throw StripeError.invalid(
                    null,
                    "You cannot migrate a subscription that is already canceled: `" + subscription + "`.",
                    "from_subscription");
        }
        if (Json.present(known, "schedule")) {
            throw StripeError.invalid(
                    null,
                    "You cannot migrate a subscription that is already attached to a schedule: `"
                            + Json.textOf(known, "schedule") + "`.",
                    "from_subscription");
        }
        ObjectNode schedule = ScheduleJson.create(Json.textOf(known, "customer"), time.now());
        schedule.put("end_behavior", Json.present(known, "cancel_at") ? "cancel" : "release");
        schedule.put("test_clock", time.clock(Json.textOf(known, "customer")));
        ScheduleJson.settings(params, schedule, known);
        ArrayNode list = (ArrayNode) schedule.get("phases");
        list.add(Phases.running(known));
        schedule.put("status", "active").put("subscription", subscription);
        return turns.begin(schedule);
    }

    private ObjectNode planned(Call call) {
        Params params = call.params();
        String customer = params.required("customer");
        call.referenced(customers.store(), "customer");
        long now = time.now();
        String given = params.text("start_date");
        long start = given == null || given.equals("now") ? now : params.requiredInteger("start_date");
        ObjectNode schedule = ScheduleJson.create(customer, now);
        schedule.put("test_clock", time.clock(customer));
        ScheduleJson.settings(params, schedule, Json.object());
        List<ObjectNode> planned = phases.read(schedule, params.children("phases"), start, List.of());
        if (planned.isEmpty()) {
            throw StripeError.malformed("parameter_missing", "Missing required param: phases.", "phases");
        }
        ArrayNode list = (ArrayNode) schedule.get("phases");
        planned.forEach(list::add);
        return turns.begin(schedule);
    }

    private ObjectNode update(Call call) {
        Params params = call.params();
        ObjectNode schedule = open(call, "update");
        Metadata.apply(params, schedule);
        ScheduleJson.settings(params, schedule, Json.object());
        if (params.has("phases")) {
            rewrite.apply(params, schedule);
        } else if (params.has("default_settings") && Json.is(schedule, "status", "not_started")) {
            rules.checkDefaults(schedule);
        }
        String proration = params.oneOf("proration_behavior", "create_prorations", "always_invoice", "none");
        return turns.replace(schedule, proration == null ? "create_prorations" : proration);
    }

    private ObjectNode release(Call call) {
        ObjectNode schedule = open(call, "release");
        return endings.release(Json.textOf(schedule, "id"), call.params().isTrue("preserve_cancel_date"));
    }

    private ObjectNode cancel(Call call) {
        ObjectNode schedule = open(call, "cancel");
        return endings.cancel(
                Json.textOf(schedule, "id"),
                !Boolean.FALSE.equals(call.params().flag("invoice_now")),
                !Boolean.FALSE.equals(call.params().flag("prorate")));
    }

    private ObjectNode open(Call call, String verb) {
        ObjectNode schedule = call.object(schedules.store(), "schedule");
        if (!Schedules.isOpen(schedule)) {
            throw StripeError.invalid(
                    null,
                    "You cannot " + verb + " a subscription schedule that is currently in the `"
                            + Json.textOf(schedule, "status")
                            + "` status. It must be in the `not_started` or `active` status.",
                    null);
        }
        return schedule;
    }
}
