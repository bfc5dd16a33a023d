package io.tillstream.simulator.schedule;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Work;
import io.tillstream.simulator.subscription.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** How a schedule begins, and goes from phase to phase. */
@Component
class ScheduleTurns {
    private static final Logger log = LoggerFactory.getLogger(ScheduleTurns.class);
    private static final Duration NOTICE = Duration.ofDays(7); // Stripe's, before a schedule expires

    private final BillingTime time;
    private final Schedules schedules;
    private final PhaseChange changes;
    private final ScheduleEndings endings;
    private final Work turn;
    private final Work expiring;

    ScheduleTurns(
            BillingTime time,
            Schedules schedules,
            PhaseChange changes,
            ScheduleEndings endings,
            Subscriptions subscriptions,
            Events events) {
        this.time = time;
        this.schedules = schedules;
        this.changes = changes;
        this.endings = endings;
        this.turn = time.work("schedule.turn", with -> turn(with.get(0)));
        this.expiring = time.work("schedule.expiring", with -> notice(with.get(0), Long.parseLong(with.get(1))));
        // A phase that ends with a period is over before the next period is billed.
        subscriptions.beforeTurn(id -> schedules.ofSubscription(id).ifPresent(each -> turn(Json.textOf(each, "id"))));
        events.follow((type, object) -> {
            if (type.equals("customer.subscription.updated") && Json.present(object, "schedule")) {
                schedules.ofSubscription(Json.textOf(object, "id")).ifPresent(each -> adopt(each, object));
            }
        });
    }

    /** A new schedule: of a subscription that runs, or one that begins now or later. */
    ObjectNode begin(ObjectNode schedule) {
        String id = Json.textOf(schedule, "id");
        ObjectNode first = Phases.of(schedule).get(0);
        String subscription = Json.text(schedule, "subscription");
        if (subscription == null && Json.number(first, "start_date") <= time.now()) {
            subscription = changes.subscribe(schedule, first);
        }
        if (subscription != null) {
            enter(schedule, first, subscription);
        }
        schedules.add(schedule);
        if (subscription != null) {
            schedules.attach(subscription, id);
            endings.announce(schedule, false);
        }
        plan(schedule);
        planNotice(schedule);
        return schedules.store().get(id);
    }

    private static void enter(ObjectNode schedule, ObjectNode phase, String subscription) {
        schedule.put("status", "active").put("subscription", subscription);
        schedule.putObject("current_phase")
                .put("end_date", Json.number(phase, "end_date"))
                .put("start_date", Json.number(phase, "start_date"));
    }

    private void plan(ObjectNode schedule) {
        String id = Json.textOf(schedule, "id");
        boolean active = Json.is(schedule, "status", "active");
        long next = active
                ? Json.number(schedule.path("current_phase"), "end_date")
                : Json.number(Phases.of(schedule).get(0), "start_date");
        at(next, turn, id);
    }

    private void planNotice(ObjectNode schedule) {
        String id = Json.textOf(schedule, "id");
        long end = Json.number(Phases.last(schedule), "end_date");
        long notice = end - NOTICE.toSeconds();
        if (notice > time.now()) {
            at(notice, expiring, id, Long.toString(end));
        }
    }

    private void at(long due, Work work, String... with) {
        time.in(Duration.between(time.instant(), Instant.ofEpochSecond(due)), work, with);
    }

    private void notice(String id, long end) {
        schedules
                .store()
                .find(id)
                .filter(Schedules::isOpen)
                .filter(schedule -> Json.number(Phases.last(schedule), "end_date") == end)
                .ifPresent(schedule -> schedules.tell("expiring", id));
    }

    /** Goes on as far as the time has come for it; nothing if it is not due. */
    void turn(String id) {
        ObjectNode schedule = schedules.store().find(id).orElse(null);
        if (schedule == null || !Schedules.isOpen(schedule)) {
            return;
        }
        boolean active = Json.is(schedule, "status", "active");
        long due = active
                ? Json.number(schedule.path("current_phase"), "end_date")
                : Json.number(Phases.of(schedule).get(0), "start_date");
        if (due > time.now()) {
            return;
        }
        ObjectNode phase = Phases.starting(schedule, due);
        if (phase == null) {
            endings.finish(schedule);
            return;
        }
        String known = Json.text(schedule, "subscription");
        if (known != null && changes.endsBy(known, time.now())) {
            return; // it is over: nothing begins any more
        }
        String subscription = known == null ? changes.subscribeLater(schedule, phase) : known;
        ObjectNode entered = schedules.change("updated", id, each -> enter(each, phase, subscription));
        if (known == null) {
            schedules.attach(subscription, id);
            endings.announce(entered, false);
        } else {
            applyOrStay(subscription, entered, phase);
        }
        plan(entered);
    }

    /** A phase that cannot be, as with a price that was archived meanwhile, leaves the subscription as it is. */
    private void applyOrStay(String subscription, ObjectNode schedule, ObjectNode phase) {
        try {
            changes.apply(subscription, schedule, phase, Json.textOf(phase, "proration_behavior"));
        } catch (StripeError refused) {
            log.warn("{} cannot go on to its phase: {}", Json.textOf(schedule, "id"), refused.getMessage());
        }
    }

    /** What is given now takes the place of what was planned; the current phase is made true at once. */
    ObjectNode replace(ObjectNode schedule, String proration) {
        String id = Json.textOf(schedule, "id");
        ObjectNode before = schedules.store().get(id);
        boolean ended = ScheduleEndings.ends(before);
        ObjectNode changed = schedules.change("updated", id, each -> {
            each.setAll(schedule);
            if (each.path("current_phase").isObject()) {
                ObjectNode current = Phases.starting(each, Json.number(each.path("current_phase"), "start_date"));
                if (current != null) {
                    enter(each, current, Json.textOf(each, "subscription"));
                }
            }
        });
        schedules.refuseOtherCurrency(changed); // what it had before does not count any more
        if (Json.is(changed, "status", "active")) {
            ObjectNode current = Phases.starting(changed, Json.number(changed.path("current_phase"), "start_date"));
            if (current != null) {
                changes.apply(Json.textOf(changed, "subscription"), changed, current, proration);
            }
            endings.announce(changed, ended);
        }
        plan(changed);
        if (Json.number(Phases.last(before), "end_date") != Json.number(Phases.last(changed), "end_date")) {
            planNotice(changed);
        }
        return schedules.store().get(id);
    }

    /** Who changes the subscription itself changes the phase that it is in. */
    private void adopt(ObjectNode schedule, ObjectNode subscription) {
        if (changes.isUnderWay() || !schedule.path("current_phase").isObject()) {
            return;
        }
        long start = Json.number(schedule.path("current_phase"), "start_date");
        schedules.change("updated", Json.textOf(schedule, "id"), each -> {
            ObjectNode current = Phases.starting(each, start);
            if (current != null && PhaseChange.differ(current, subscription)) {
                current.set("items", Phases.runningItems(subscription));
            }
        });
    }
}
