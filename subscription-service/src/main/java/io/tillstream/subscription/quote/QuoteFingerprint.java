package io.tillstream.subscription.quote;

import io.tillstream.subscription.subscription.SnapshotHash;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.web.Problem;
import java.util.List;
import java.util.Objects;

/** What of a subscription decides on the cost of a change. */
public final class QuoteFingerprint {

    private static final int LENGTH = 32; // 128 bits: nobody finds two states with the same text

    private QuoteFingerprint() {}

    /** A short text that is another one as soon as anything of that has changed at Stripe; a new card does not count. */
    public static String of(StripeSubscriptionState snapshot) {
        List<Object> what = List.of(
                String.valueOf(snapshot.status()),
                snapshot.items(),
                String.valueOf(snapshot.trialEnd()),
                String.valueOf(snapshot.ending().cancelAt()),
                snapshot.ending().cancelAtPeriodEnd(),
                String.valueOf(snapshot.pending()),
                String.valueOf(snapshot.pause()),
                String.valueOf(snapshot.scheduleId()));
        return SnapshotHash.of(what.toString()).substring(0, LENGTH);
    }

    /** The item that pays for our plan, by its id at Stripe. */
    public static StripeSubscriptionState.Item item(Subscription subscription, StripeSubscriptionState snapshot) {
        String price = subscription.terms().stripePriceId();
        List<StripeSubscriptionState.Item> items = snapshot.items();
        return items.stream()
                .filter(item -> Objects.equals(item.priceId(), price))
                .findFirst()
                .or(() -> items.size() == 1 ? items.stream().findFirst() : java.util.Optional.empty())
                .filter(item -> item.id() != null)
                .orElseThrow(() -> Problem.conflict(
                        "subscription-not-changeable", "The subscription was arranged elsewhere in another way."));
    }
}
