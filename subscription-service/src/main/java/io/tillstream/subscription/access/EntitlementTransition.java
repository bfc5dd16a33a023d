package io.tillstream.subscription.access;

import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Gives and takes access as subscriptions, payments and time go on. */
@Component
public class EntitlementTransition {

    private final SubscriptionPaymentSummaryRepository payment;
    private final PlanLookup plans;
    private final PaidFeatures paid;
    private final EntitlementGrantWriter sharing;
    private final Clock clock;
    private final DunningPolicies policies;

    EntitlementTransition(
            SubscriptionPaymentSummaryRepository payment,
            PlanLookup plans,
            PaidFeatures paid,
            EntitlementGrantWriter sharing,
            Clock clock,
            DunningPolicies policies) {
        this.payment = payment;
        this.plans = plans;
        this.paid = paid;
        this.sharing = sharing;
        this.clock = clock;
        this.policies = policies;
    }

    /**
     * Makes what the subscription gives its user follow from what is known of it now, and tells the difference. Inside the
     * caller's transaction, which holds the lock of the subscription's row; doing it again changes nothing.
     *
     * @param subscription as it is stored
     * @param cause of the change, for the log
     */
    public Mono<Void> follow(Subscription subscription, String cause) {
        var moment = new EntitlementGrantWriter.Moment(
                subscription.now(clock.instant()).truncatedTo(ChronoUnit.MILLIS), cause);
        return payment.facts(subscription).flatMap(facts -> payment.note(subscription, facts)
                .then(policies.inForce())
                .map(policy -> subscription.quantity() > 0
                        ? new AccessLevelCalculator(policy).given(facts, moment.now())
                        : AccessLevelCalculator.GrantedAccess.NOTHING) // Stripe bills nothing for none
                .flatMap(given -> give(subscription, given, moment)));
    }

    /** It could not be followed now: the sweep does it. */
    public Mono<Void> due(UUID subscriptionId) {
        return sharing.due(subscriptionId, clock.instant());
    }

    /** Whether all the money of the running period is here, and stays: then a part of it may pay for something else. */
    public Mono<Boolean> isPaid(Subscription subscription) {
        return payment.of(subscription.id())
                .filter(bills -> !bills.dropped() && bills.disputedSince() == null && bills.refundedSince() == null)
                .flatMap(bills -> payment.goesBack(subscription.id()))
                .map(gone -> !gone)
                .defaultIfEmpty(false);
    }

    private Mono<Void> give(
            Subscription subscription,
            AccessLevelCalculator.GrantedAccess given,
            EntitlementGrantWriter.Moment moment) {
        return features(subscription)
                .flatMap(features -> sharing.change(
                        subscription.userId(),
                        subscription.id().toString(),
                        moment,
                        had -> next(subscription, given, features, had, moment)));
    }

    /** A trial gives what its plan has, also over a change within it. */
    Mono<List<String>> features(Subscription subscription) {
        return subscription.status() == SubscriptionStatus.TRIALING
                ? plans.find(subscription.planId()).map(Plan::features)
                : paid.of(subscription);
    }

    /** Over a change of plan, a feature that both have keeps since when it is given. */
    private static List<EntitlementGrant> next(
            Subscription subscription,
            AccessLevelCalculator.GrantedAccess given,
            List<String> features,
            List<EntitlementGrant> had,
            EntitlementGrantWriter.Moment moment) {
        Map<String, EntitlementGrant> before =
                had.stream().collect(Collectors.toMap(EntitlementGrant::feature, old -> old));
        Set<String> all = new TreeSet<>(before.keySet());
        all.addAll(features);
        List<EntitlementGrant> next = new ArrayList<>();
        for (String feature : all) {
            EntitlementGrant old = before.get(feature);
            if (given.grade() != AccessLevel.NONE && features.contains(feature)) {
                next.add(new EntitlementGrant(
                        subscription.userId(),
                        subscription.id().toString(),
                        feature,
                        given.grade(),
                        old != null && old.isGiven() ? old.since() : moment.now(),
                        given.until(),
                        given.changesAt()));
            } else if (old != null) {
                next.add(old.isGiven() ? old.taken(moment.now()) : old.settled());
            }
        }
        return next;
    }
}
