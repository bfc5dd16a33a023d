package io.tillstream.subscription.catalog;

import io.tillstream.events.Money;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something to subscribe to: one recurring Price at Stripe.
 *
 * @param product plans with the same value share Stripe's Product, and with it name and description
 * @param currency the one that Stripe's Price is made in
 * @param amounts per interval and unit, by currency, in its smallest unit
 * @param trialDays 0 without a trial
 * @param perSeat whether a quantity can be chosen, up to {@code maxQuantity}
 * @param features what it entitles to
 * @param offered whether the Price is active
 * @param productActive whether the Product is
 * @param takenOver whether product and price are somebody else's, who changes them at Stripe
 * @param stripePriceId null until the Price of these amounts and this interval is there
 * @param lookupKey of the Price of a plan that was taken over
 */
public record Plan(
        String id,
        String product,
        String name,
        String description,
        String currency,
        Map<String, Long> amounts,
        Interval interval,
        int intervalCount,
        int trialDays,
        boolean perSeat,
        int maxQuantity,
        List<String> features,
        boolean offered,
        boolean productActive,
        boolean takenOver,
        @Nullable String stripeProductId,
        @Nullable String stripePriceId,
        @Nullable String lookupKey,
        Sync sync,
        Instant createdAt) {

    /**
     * How far Stripe knows of the plan.
     *
     * @param version of what a Price cannot change
     * @param changes counts what Stripe had or has to be told
     * @param tries to tell it since it was due
     * @param dueAt null when all has been told
     * @param doneAt when all had been told last
     */
    public record Sync(
            int version,
            int changes,
            int tries,
            @Nullable Instant dueAt,
            @Nullable Instant doneAt) {
        boolean isDue() {
            return dueAt != null;
        }
    }

    public Plan {
        amounts = Map.copyOf(amounts);
        features = List.copyOf(features);
    }

    /** Whether it can be subscribed to. */
    public boolean active() {
        return offered && productActive;
    }

    /** The price of one unit for one interval; empty where the plan has none in that currency. */
    public Optional<Money> price(String inCurrency) {
        return Optional.ofNullable(amounts.get(inCurrency)).map(amount -> new Money(amount, inCurrency));
    }
}
