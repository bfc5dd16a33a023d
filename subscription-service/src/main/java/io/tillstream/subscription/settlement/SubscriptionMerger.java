package io.tillstream.subscription.settlement;

import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscription.Billing;
import io.tillstream.subscription.subscription.Subscription.Names;
import io.tillstream.subscription.subscription.Subscription.ObjectVersion;
import io.tillstream.subscription.subscription.Subscription.Pending;
import io.tillstream.subscription.subscription.Subscription.Period;
import io.tillstream.subscription.subscription.Subscription.Schedule;
import io.tillstream.subscription.subscription.Subscription.Start;
import io.tillstream.subscription.subscription.Subscription.Terms;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a subscription becomes by what Stripe said of it. No rule asks in which order anything came. */
final class SubscriptionMerger {

    private SubscriptionMerger() {}

    /**
     * What of a snapshot is ours to understand.
     *
     * @param planId the plan of the item's Price; null where that is none of our plans
     * @param schedule what will change at the end of the period
     */
    record Meaning(
            StripeSubscriptionState.Item item,
            @Nullable String planId,
            @Nullable String pendingPlanId,
            Schedule schedule,
            Instant at) {}

    static Freshness judge(Subscription known, StripeSubscriptionState snapshot, StateOrigin source) {
        SubscriptionStatus next = snapshot.status();
        if (next == null || !snapshot.isWhole()) {
            return Freshness.unclear("lacks what the rules need");
        }
        if (known.status().isOver() && next != known.status()) {
            return Freshness.past("it is over");
        }
        if (next == SubscriptionStatus.INCOMPLETE && known.status().isBeyondStart()) {
            return Freshness.past("its first payment is behind it");
        }
        Freshness byAge = Freshness.of(known.knowledge(), snapshot.fingerprint(), source);
        boolean ends = next.isOver() && !known.status().isOver();
        return ends && byAge.verdict() != Freshness.Verdict.NOTHING_NEW ? Freshness.NEWS : byAge;
    }

    /** After news, or after the same again. */
    static Subscription after(
            Subscription known, StripeSubscriptionState snapshot, StateOrigin source, Meaning meaning) {
        SubscriptionStatus next = Objects.requireNonNull(snapshot.status());
        if (!known.status().canBecome(next)) {
            throw new IllegalStateException(
                    "Subscription " + known.id() + " cannot become " + next + " from " + known.status());
        }
        ObjectVersion knowledge =
                timed(Freshness.after(known.knowledge(), snapshot.fingerprint(), source), source.created());
        return new Subscription(
                known.id(),
                known.userId(),
                next,
                next == known.status() ? known.version() : known.version() + 1,
                terms(known, snapshot, meaning),
                new Names(snapshot.customerId(), snapshot.id(), known.names().checkoutSessionId()),
                new Start(known.start().request(), null, known.start().asks(), null, null),
                new Period(meaning.item().periodStart(), meaning.item().periodEnd(), snapshot.trialEnd()),
                snapshot.ending(),
                snapshot.pause(),
                pending(snapshot, meaning),
                meaning.schedule(),
                new Billing(
                        snapshot.defaultPaymentMethod(),
                        snapshot.latestInvoiceId(),
                        known.billing().pastDueSince(),
                        known.billing().earned()),
                knowledge,
                known.createdAt(),
                meaning.at());
    }

    /** Whether {@code next} says nothing that was not known, but when it was looked at. */
    static boolean isKnown(Subscription known, Subscription next) {
        return new Subscription(
                        next.id(),
                        next.userId(),
                        next.status(),
                        next.version(),
                        next.terms(),
                        next.names(),
                        next.start(),
                        next.period(),
                        next.ending(),
                        next.pause(),
                        next.pending(),
                        next.schedule(),
                        next.billing(),
                        next.knowledge(),
                        next.createdAt(),
                        known.updatedAt())
                .equals(known);
    }

    /** An event is a moment on Stripe's clock that has been. */
    static ObjectVersion timed(ObjectVersion knowledge, long created) {
        Instant told = created == 0 ? null : Instant.ofEpochSecond(created);
        Instant before = knowledge.knownAt();
        boolean later = told != null && (before == null || told.isAfter(before));
        return new ObjectVersion(
                knowledge.asOf(), knowledge.fingerprint(), knowledge.ahead(), later ? told : knowledge.knownAt());
    }

    private static Terms terms(Subscription known, StripeSubscriptionState snapshot, Meaning meaning) {
        String plan = meaning.planId();
        String currency = snapshot.currency();
        return new Terms(
                plan != null ? plan : known.planId(),
                meaning.item().priceId(),
                meaning.item().quantity(),
                currency != null ? currency : known.currency());
    }

    private static @Nullable Pending pending(StripeSubscriptionState snapshot, Meaning meaning) {
        StripeSubscriptionState.Pending pending = snapshot.pending();
        return pending == null ? null : new Pending(meaning.pendingPlanId(), pending.quantity(), pending.until());
    }
}
