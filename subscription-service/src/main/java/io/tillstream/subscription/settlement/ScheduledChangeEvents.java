package io.tillstream.subscription.settlement;

import io.tillstream.events.SubscriptionEvent;
import io.tillstream.subscription.settlement.SubscriptionEventPublisher.Publication;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What other systems are told of planned changes. Each is told once of a schedule, and ends as the plan changes, or is told not to
 * come: whoever took it back, replaced it, or ended the subscription before.
 */
final class ScheduledChangeEvents {

    private final Subscription was;
    private final Subscription is;
    private final Cause cause;

    private ScheduledChangeEvents(Subscription was, Subscription is, Cause cause) {
        this.was = was;
        this.is = is;
        this.cause = cause;
    }

    static List<Publication> of(Subscription was, Subscription is, Cause cause) {
        Subscription.Schedule before = planned(was);
        Subscription.Schedule now = planned(is);
        var events = new ScheduledChangeEvents(was, is, cause);
        List<Publication> news = new ArrayList<>();
        if (Objects.equals(before, now)) {
            return news;
        }
        if (before != null && !events.hasCome(before)) {
            news.add(new Publication(about(before, cause), events.unscheduled(before)));
        }
        if (now != null) {
            news.add(new Publication(about(now, cause), events.scheduled(now)));
        }
        return news;
    }

    /** One that was planned, dropped and planned again is told each time; what brought it about once. */
    private static String about(Subscription.Schedule change, Cause cause) {
        return change + " " + cause.kind() + ":" + cause.id();
    }

    /** What is still to come; nothing comes after the end. */
    private static Subscription.@Nullable Schedule planned(Subscription subscription) {
        Instant at = subscription.schedule().at();
        Instant end = SubscriptionEventFactory.endsAt(subscription);
        Instant start = subscription.period().start();
        boolean comes = at != null
                && !subscription.status().isOver()
                && (end == null || end.isAfter(at))
                && (start == null || start.isBefore(at));
        return comes ? subscription.schedule() : null;
    }

    /** Told by Stripe's clock, as an event or a schedule shows it, by the period that began with it, or by what the subscription is now. */
    private boolean hasCome(Subscription.Schedule change) {
        Instant at = at(change);
        Instant start = is.period().start();
        return cause.created() >= at.getEpochSecond()
                || (start != null && !start.isBefore(at))
                || (isInForce(is, change) && !isInForce(was, change));
    }

    private static boolean isInForce(Subscription subscription, Subscription.Schedule change) {
        return subscription.planId().equals(change.planId()) && subscription.quantity() == quantity(change);
    }

    private SubscriptionEvent scheduled(Subscription.Schedule change) {
        return new SubscriptionEvent.ChangeScheduled(
                is.id().toString(),
                is.userId(),
                is.planId(),
                is.quantity(),
                change.planId(),
                quantity(change),
                at(change).toString());
    }

    private SubscriptionEvent unscheduled(Subscription.Schedule change) {
        return new SubscriptionEvent.ChangeUnscheduled(
                is.id().toString(),
                is.userId(),
                is.planId(),
                is.quantity(),
                change.planId(),
                quantity(change),
                at(change).toString());
    }

    /** As Stripe takes one that is not named. */
    private static int quantity(Subscription.Schedule change) {
        return Objects.requireNonNullElse(change.quantity(), 1);
    }

    private static Instant at(Subscription.Schedule change) {
        return Objects.requireNonNull(change.at());
    }
}
