package io.tillstream.simulator.subscription;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * What falls due for each subscription. Appointments are made whenever something was told of it, and kept only if they
 * still hold when their time comes: a date that was moved leaves an appointment that nobody keeps.
 */
@Component
class Agenda {
    private static final Duration FIRST_PAYMENT = Duration.ofHours(23); // Stripe's patience with a first invoice
    private static final long UPCOMING = Duration.ofDays(7).toSeconds(); // Stripe's default for invoice.upcoming
    private static final long TRIAL_NOTICE = Duration.ofDays(3).toSeconds();

    private final BillingTime time;
    private final Subscriptions subscriptions;
    private final Cycles cycles;
    private final Endings endings;
    private final Billing billing;
    private final StateMap<Boolean> made;
    private final StateMap<Boolean> noticed;
    private final Work expiry;
    private final Work turn;
    private final Work upcoming;
    private final Work end;
    private final Work notice;
    private final Work resumption;

    Agenda(
            BillingTime time,
            Subscriptions subscriptions,
            Cycles cycles,
            Endings endings,
            Billing billing,
            Events events,
            Stores stores) {
        this.time = time;
        this.subscriptions = subscriptions;
        this.cycles = cycles;
        this.endings = endings;
        this.billing = billing;
        this.made = stores.map("subscription.appointments", Boolean.class);
        this.noticed = stores.map("subscription.trials_noticed", Boolean.class);
        this.expiry = work("first payment", (subscription, created) -> expire(subscription));
        this.turn = work("turn", this::turn);
        this.upcoming = work("upcoming", this::upcoming);
        this.end = work("end", this::end);
        this.notice = work("notice", this::notice);
        this.resumption = work("resume", this::resume);
        events.follow((type, object) -> {
            if (type.startsWith("customer.subscription.")) {
                subscriptions.living(Json.textOf(object, "id")).ifPresent(this::plan);
            }
        });
    }

    private void plan(ObjectNode subscription) {
        String id = Json.textOf(subscription, "id");
        SubscriptionStatus status = SubscriptionStatus.of(subscription);
        if (status == SubscriptionStatus.INCOMPLETE) {
            long created = Json.number(subscription, "created");
            at(expiry, id, created + FIRST_PAYMENT.toSeconds(), created);
        }
        if (!status.running()) {
            return;
        }
        Period period = Subscriptions.period(subscription);
        at(turn, id, period.end(), period.end());
        long told = period.end() - UPCOMING;
        if (told > period.start() && told > time.now()) {
            at(upcoming, id, told, period.end());
        }
        long ends = Json.number(subscription, "cancel_at");
        if (ends > 0 && ends < period.end()) {
            at(end, id, ends, ends);
        }
        if (status == SubscriptionStatus.TRIALING) {
            long trialEnd = Json.number(subscription, "trial_end");
            if (!noticed.contains(id + " " + trialEnd)) {
                noticed.put(id + " " + trialEnd, true);
                at(notice, id, Math.max(time.now(), trialEnd - TRIAL_NOTICE), trialEnd);
            }
        }
        long resumes = Json.number(subscription.path("pause_collection"), "resumes_at");
        if (resumes > 0) {
            at(resumption, id, resumes, resumes);
        }
    }

    /** Done for a subscription that still lives, with the date that the appointment was made for. */
    private Work work(String what, BiConsumer<ObjectNode, Long> does) {
        return time.work("subscription." + what, with -> {
            made.remove(with.get(0));
            subscriptions.living(with.get(1)).ifPresent(each -> does.accept(each, Long.valueOf(with.get(2))));
        });
    }

    private void at(Work work, String id, long due, long date) {
        String key = work.name() + " " + id + " " + due;
        if (!made.contains(key)) {
            made.put(key, true);
            Duration wait = Duration.between(time.instant(), Instant.ofEpochSecond(due));
            time.in(wait, work, key, id, Long.toString(date));
        }
    }

    private void expire(ObjectNode subscription) {
        if (SubscriptionStatus.of(subscription) == SubscriptionStatus.INCOMPLETE) {
            endings.expire(Json.textOf(subscription, "id"));
        }
    }

    private void turn(ObjectNode subscription, long end) {
        boolean still = SubscriptionStatus.of(subscription).running()
                && Subscriptions.period(subscription).end() == end;
        if (still) {
            subscriptions.aboutToTurn(Json.textOf(subscription, "id"));
            subscriptions
                    .living(Json.textOf(subscription, "id"))
                    .filter(each -> Subscriptions.period(each).end() == end)
                    .ifPresent(cycles::turn);
        }
    }

    private void upcoming(ObjectNode subscription, long end) {
        boolean ends = Json.present(subscription, "cancel_at") && Json.number(subscription, "cancel_at") <= end;
        Period period = Subscriptions.period(subscription);
        if (!ends && SubscriptionStatus.of(subscription).running() && period.end() == end) {
            billing.invoicing().tellUpcoming(billing.renewal(subscription));
        }
    }

    private void end(ObjectNode subscription, long end) {
        if (Json.number(subscription, "cancel_at") == end) {
            endings.end(Json.textOf(subscription, "id"), "cancellation_requested");
        }
    }

    private void notice(ObjectNode subscription, long trialEnd) {
        boolean trialing = SubscriptionStatus.of(subscription) == SubscriptionStatus.TRIALING;
        if (trialing && Json.number(subscription, "trial_end") == trialEnd) {
            subscriptions.tell("customer.subscription.trial_will_end", Json.textOf(subscription, "id"));
        }
    }

    private void resume(ObjectNode subscription, long at) {
        if (Json.number(subscription.path("pause_collection"), "resumes_at") == at) {
            subscriptions.change(Json.textOf(subscription, "id"), each -> each.putNull("pause_collection"));
        }
    }
}
