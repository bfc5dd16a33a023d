package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** How a schedule ends: by itself, by request, or with its subscription. */
@Component
class ScheduleEndings {
    private final BillingTime time;
    private final Schedules schedules;
    private final PhaseChange changes;
    private final OwnCalls stripe;

    ScheduleEndings(BillingTime time, Schedules schedules, PhaseChange changes, OwnCalls stripe, Events events) {
        this.time = time;
        this.schedules = schedules;
        this.changes = changes;
        this.stripe = stripe;
        events.follow((type, object) -> {
            if (type.equals("customer.subscription.deleted")) {
                schedules.ofSubscription(Json.textOf(object, "id")).ifPresent(each -> follow(each, object));
            }
        });
    }

    /** A schedule that ends with the subscription's end says so in the subscription. */
    void announce(ObjectNode schedule, boolean ended) {
        String subscription = Json.textOf(schedule, "subscription");
        if (ends(schedule)) {
            changes.endAt(subscription, Json.number(Phases.last(schedule), "end_date"));
        } else if (ended) {
            changes.endAt(subscription, null);
        }
    }

    static boolean ends(ObjectNode schedule) {
        return Json.is(schedule, "end_behavior", "cancel");
    }

    /** The last phase is over. */
    void finish(ObjectNode schedule) {
        String id = Json.textOf(schedule, "id");
        if (ends(schedule)) {
            stripe.delete(
                    "/v1/subscriptions/" + Json.textOf(schedule, "subscription"),
                    Map.of("invoice_now", "false", "prorate", "false"));
        } else {
            release(id, true);
        }
    }

    /** The subscription goes on by itself. */
    @CanIgnoreReturnValue
    ObjectNode release(String id, boolean keepEnd) {
        String subscription = Json.text(schedules.store().get(id), "subscription");
        boolean ends = ends(schedules.store().get(id));
        ObjectNode released = schedules.change("released", id, each -> {
            each.put("status", "released").put("released_at", time.now()).putNull("current_phase");
            each.put("released_subscription", subscription).putNull("subscription");
        });
        if (subscription != null) {
            schedules.attach(subscription, null);
            if (ends && !keepEnd) {
                changes.endAt(subscription, null);
            }
        }
        return released;
    }

    /** The subscription, if there is one yet, ends now too. */
    ObjectNode cancel(String id, boolean invoiceNow, boolean prorate) {
        String subscription = Json.text(schedules.store().get(id), "subscription");
        over(id, "canceled", null);
        if (subscription != null) {
            stripe.delete(
                    "/v1/subscriptions/" + subscription,
                    Map.of("invoice_now", Boolean.toString(invoiceNow), "prorate", Boolean.toString(prorate)));
        }
        return schedules.store().get(id);
    }

    /** The subscription ended: as planned, for want of payment, or by somebody's wish. */
    private void follow(ObjectNode schedule, ObjectNode subscription) {
        String id = Json.textOf(schedule, "id");
        boolean planned = ends(schedule) && Json.number(Phases.last(schedule), "end_date") <= time.now();
        boolean unpaid = Json.is(subscription.path("cancellation_details"), "reason", "payment_failed");
        over(id, planned ? "completed" : "canceled", unpaid && !planned ? "aborted" : null);
    }

    private void over(String id, String status, @Nullable String event) {
        schedules.change(event == null ? status : event, id, each -> each.put("status", status)
                .put(status + "_at", time.now())
                .putNull("current_phase"));
    }
}
