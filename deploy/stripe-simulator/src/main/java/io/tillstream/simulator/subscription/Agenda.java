package io.tillstream.simulator.subscription;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Resettable;
import io.tillstream.simulator.state.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * What falls due for each subscription. Appointments are made whenever something was told of it, and kept only if they
 * still hold when their time comes: a date that was moved leaves an appointment that nobody keeps.
 */
@Component
class Agenda implements Resettable {
    private static final Duration FIRST_PAYMENT = Duration.ofHours(23); // Stripe's patience with a first invoice
    private static final long UPCOMING = Duration.ofDays(7).toSeconds(); // Stripe's default for invoice.upcoming
    private static final long TRIAL_NOTICE = Duration.ofDays(3).toSeconds();

    private final Timeline timeline;
    private final Subscriptions subscriptions;
    private final Cycles cycles;
    private final Endings endings;
    private final Billing billing;
    private final Set<String> made = new HashSet<>();
    private final Set<String> noticed = new HashSet<>();

    Agenda(
            Timeline timeline,
            Subscriptions subscriptions,
            Cycles cycles,
            Endings endings,
            Billing billing,
            Events events) {
        this.timeline = timeline;
        this.subscriptions = subscriptions;
        this.cycles = cycles;
        this.endings = endings;
        this.billing = billing;
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
            at("first payment", id, Json.number(subscription, "created") + FIRST_PAYMENT.toSeconds(), this::expire);
        }
        if (!status.running()) {
            return;
        }
        Period period = Subscriptions.period(subscription);
        at("turn", id, period.end(), each -> turn(each, period.end()));
        long upcoming = period.end() - UPCOMING;
        if (upcoming > period.start() && upcoming > timeline.now()) {
            at("upcoming", id, upcoming, each -> upcoming(each, period.end()));
        }
        long end = Json.number(subscription, "cancel_at");
        if (end > 0 && end < period.end()) {
            at("end", id, end, each -> end(each, end));
        }
        if (status == SubscriptionStatus.TRIALING) {
            long trialEnd = Json.number(subscription, "trial_end");
            if (noticed.add(id + " " + trialEnd)) {
                at("notice", id, Math.max(timeline.now(), trialEnd - TRIAL_NOTICE), each -> notice(each, trialEnd));
            }
        }
        long resumes = Json.number(subscription.path("pause_collection"), "resumes_at");
        if (resumes > 0) {
            at("resume", id, resumes, each -> resume(each, resumes));
        }
    }

    private void at(String what, String id, long time, Consumer<ObjectNode> work) {
        String key = what + " " + id + " " + time;
        if (made.add(key)) {
            Duration wait = Duration.between(timeline.instant(), Instant.ofEpochSecond(time));
            timeline.in(wait.isNegative() ? Duration.ZERO : wait, () -> {
                made.remove(key);
                subscriptions.living(id).ifPresent(work);
            });
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

    @Override
    public void reset() {
        made.clear();
        noticed.clear();
    }
}
