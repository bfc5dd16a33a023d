package io.tillstream.subscription.settlement;

import io.tillstream.events.SubscriptionEvent;
import io.tillstream.subscription.settlement.SubscriptionEventPublisher.Publication;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What other systems are told of a change: the difference between what was and what is, under the row's lock. */
final class SubscriptionEventFactory {

    private final Subscription was;
    private final Subscription is;
    private final String id;
    private final List<Publication> news = new ArrayList<>();

    private SubscriptionEventFactory(Subscription was, Subscription is) {
        this.was = was;
        this.is = is;
        this.id = is.id().toString();
    }

    static List<Publication> of(Subscription was, Subscription is, Cause cause) {
        var announcements = new SubscriptionEventFactory(was, is);
        announcements.created();
        announcements.activated();
        announcements.news.addAll(ScheduledChangeEvents.of(was, is, cause));
        announcements.planChanged();
        announcements.pastDue();
        announcements.paused();
        announcements.cancel();
        announcements.resumed();
        return announcements.news;
    }

    /** The trial ends in three days, as Stripe's own event says. */
    static Publication trialEnding(Subscription is, Instant trialEnd) {
        return new Publication(
                text(trialEnd),
                new SubscriptionEvent.TrialEnding(
                        is.id().toString(), is.userId(), is.planId(), is.quantity(), text(trialEnd)));
    }

    /** A new period has begun and is paid. */
    static Publication renewed(Subscription is, Instant start, Instant end) {
        return new Publication(
                text(start),
                new SubscriptionEvent.Renewed(
                        is.id().toString(), is.userId(), is.planId(), is.quantity(), text(start), text(end)));
    }

    private boolean wasUnknownAtStripe() {
        return was.status() == SubscriptionStatus.STARTING || was.status() == SubscriptionStatus.FAILED;
    }

    private boolean isKnownAtStripe() {
        return is.status() != SubscriptionStatus.STARTING && is.status() != SubscriptionStatus.FAILED;
    }

    private void created() {
        if (wasUnknownAtStripe() && isKnownAtStripe()) {
            tell(
                    "",
                    new SubscriptionEvent.Created(
                            id,
                            is.userId(),
                            is.planId(),
                            is.quantity(),
                            is.status().text()));
        }
    }

    /** Once when it begins, and once for each invoice that was owed and is paid after all. */
    private void activated() {
        if (!is.status().isRunning() || was.status().isRunning() || was.status() == SubscriptionStatus.PAUSED) {
            return;
        }
        String recoveredFrom = was.status().isOwing() ? Objects.requireNonNullElse(owedInvoice(), "") : "";
        tell(
                recoveredFrom,
                new SubscriptionEvent.Activated(
                        id,
                        is.userId(),
                        is.planId(),
                        is.quantity(),
                        is.period().end() == null ? null : text(is.period().end())));
    }

    private @Nullable String owedInvoice() {
        return was.billing().latestInvoiceId();
    }

    private void planChanged() {
        boolean changed = !was.planId().equals(is.planId()) || was.quantity() != is.quantity();
        if (changed && !wasUnknownAtStripe()) {
            tell(
                    moment() + " " + is.planId() + " " + is.quantity(),
                    new SubscriptionEvent.PlanChanged(
                            id, is.userId(), is.planId(), is.quantity(), was.planId(), was.quantity()));
        }
    }

    private void pastDue() {
        if (is.status().isOwing() && !was.status().isOwing()) {
            Instant since = is.billing().pastDueSince();
            tell(
                    Objects.requireNonNullElse(is.billing().latestInvoiceId(), moment()),
                    new SubscriptionEvent.PastDue(
                            id, is.userId(), is.planId(), is.quantity(), since == null ? null : text(since)));
        }
    }

    private void paused() {
        if (isPaused(is) && !isPaused(was) && !is.status().isOver()) {
            Subscription.Pause pause = is.pause();
            Instant until = pause == null ? null : pause.until();
            tell(
                    moment(),
                    new SubscriptionEvent.Paused(
                            id, is.userId(), is.planId(), is.quantity(), until == null ? null : text(until)));
        }
    }

    private void cancel() {
        if (is.status().isOver()) {
            if (!was.status().isOver()) {
                tell("", canceled());
            }
            return;
        }
        Instant at = endsAt(is);
        if (at != null && !at.equals(endsAt(was))) {
            tell(
                    moment() + " " + text(at),
                    new SubscriptionEvent.CancelScheduled(
                            id,
                            is.userId(),
                            is.planId(),
                            is.quantity(),
                            text(at),
                            is.ending().reasonWord()));
        }
    }

    /** One whose first payment never came ended too, and other systems were told of its beginning. */
    private SubscriptionEvent canceled() {
        Instant ended = is.ending().endedAt();
        boolean expired = is.status() == SubscriptionStatus.INCOMPLETE_EXPIRED;
        return new SubscriptionEvent.Canceled(
                id,
                is.userId(),
                is.planId(),
                is.quantity(),
                ended == null ? null : text(ended),
                expired ? is.status().text() : is.ending().reasonWord());
    }

    private void resumed() {
        if (is.status().isOver() || wasUnknownAtStripe()) {
            return;
        }
        boolean goesOn = isPaused(was) && !isPaused(is);
        boolean keeps = endsAt(was) != null && endsAt(is) == null;
        if (goesOn || keeps) {
            tell(moment(), new SubscriptionEvent.Resumed(id, is.userId(), is.planId(), is.quantity()));
        }
    }

    private static boolean isPaused(Subscription subscription) {
        return subscription.status() == SubscriptionStatus.PAUSED || subscription.pause() != null;
    }

    /** When it ends by what is known now; null: it goes on. */
    static @Nullable Instant endsAt(Subscription subscription) {
        Subscription.Ending ending = subscription.ending();
        if (!ending.isScheduled()) {
            return null;
        }
        return ending.cancelAt() != null
                ? ending.cancelAt()
                : subscription.period().end();
    }

    /** Which of several of its kind: they are told apart by what Stripe's clock said when each came to be. */
    private String moment() {
        return Long.toString(is.knowledge().asOf())
                + (is.knowledge().ahead() ? " " + is.knowledge().fingerprint() : "");
    }

    private void tell(String about, SubscriptionEvent event) {
        news.add(new Publication(about, event));
    }

    private static String text(Instant time) {
        return time.toString();
    }
}
