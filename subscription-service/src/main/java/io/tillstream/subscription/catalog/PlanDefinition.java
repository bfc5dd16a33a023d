package io.tillstream.subscription.catalog;

import java.util.List;
import java.util.Map;

/** What an operator says of a plan; see {@link Plan}. */
record PlanDefinition(
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
        boolean active) {

    PlanDefinition {
        amounts = Map.copyOf(amounts);
        features = List.copyOf(features);
    }

    static PlanDefinition of(Plan plan) {
        return new PlanDefinition(
                plan.name(),
                plan.description(),
                plan.currency(),
                plan.amounts(),
                plan.interval(),
                plan.intervalCount(),
                plan.trialDays(),
                plan.perSeat(),
                plan.maxQuantity(),
                plan.features(),
                plan.active());
    }

    /** Whether a Price at Stripe, which cannot be changed, serves both. */
    boolean samePrice(PlanDefinition other) {
        return currency.equals(other.currency)
                && amounts.equals(other.amounts)
                && interval == other.interval
                && intervalCount == other.intervalCount;
    }

    /** Whether the Product at Stripe says the same of both. */
    boolean sameWords(PlanDefinition other) {
        return name.equals(other.name) && description.equals(other.description);
    }

    /** Whether they differ in nothing that Stripe keeps. */
    boolean sameAtStripe(PlanDefinition other) {
        return samePrice(other) && sameWords(other) && active == other.active;
    }
}
