package io.tillstream.subscription.change;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.stripe.StripeTimeLimiter;
import io.tillstream.subscription.subscription.PaymentTries;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Another plan or quantity at once: what is wanted is checked against Stripe's present state, the change is committed,
 * then Stripe is asked, then its answer is kept. The process may end between any two; {@link ChangeSweep} goes on.
 */
@Component
class ChangeFlow {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Subscriptions subscriptions;
    private final Changes changes;
    private final ChangeSubmitter asking;
    private final SubscriptionChangeValidator preparation;
    private final Transactions transactions;
    private final StripeTimeLimiter wait;
    private final PlanLookup plans;
    private final PaymentTries tries;
    private final ChangeClaims claims;
    private final Clock clock;

    ChangeFlow(
            Subscriptions subscriptions,
            Changes changes,
            ChangeSubmitter asking,
            SubscriptionChangeValidator preparation,
            Transactions transactions,
            StripeTimeLimiter wait,
            PlanLookup plans,
            PaymentTries tries,
            ChangeClaims claims,
            Clock clock) {
        this.subscriptions = subscriptions;
        this.changes = changes;
        this.asking = asking;
        this.preparation = preparation;
        this.transactions = transactions;
        this.wait = wait;
        this.plans = plans;
        this.tries = tries;
        this.claims = claims;
        this.clock = clock;
    }

    /** Exactly as quoted, or not at all; once. */
    Mono<SubscriptionChangeResult> byQuote(String userId, UUID subscriptionId, UUID request, String sealed) {
        return own(userId, subscriptionId).flatMap(subscription -> {
            UUID id = preparation.recognized(sealed, subscription).id();
            return changeOnce(id, request, subscription, preparation.quoted(sealed, request, subscription));
        });
    }

    /** At the price of the moment. */
    Mono<SubscriptionChangeResult> now(
            String userId, UUID subscriptionId, UUID request, @Nullable String planId, @Nullable Integer quantity) {
        return own(userId, subscriptionId)
                .flatMap(subscription -> changeOnce(
                        request, request, subscription, preparation.wanted(request, subscription, planId, quantity)));
    }

    private Mono<Subscription> own(String userId, UUID subscriptionId) {
        return subscriptions.find(subscriptionId, userId).switchIfEmpty(Mono.error(Problem::notFound));
    }

    private Mono<SubscriptionChangeResult> changeOnce(
            UUID id, UUID request, Subscription subscription, Mono<Change> prepared) {
        var word = new CompensationGuard();
        Mono<SubscriptionChangeResult> work = changes.find(id)
                .flatMap(before -> again(subscription, before, request))
                .switchIfEmpty(Mono.defer(
                        () -> claims.ofChange(subscription.id(), claim -> first(subscription, prepared, claim, word))));
        return wait.forChange(subscription, work, known -> {
            if (!word.told()) {
                throw new StripeUnavailable("Just taken back", SOON, null);
            }
            return SubscriptionChangeResult.unknown(known);
        });
    }

    private Mono<SubscriptionChangeResult> first(
            Subscription subscription, Mono<Change> prepared, UUID claim, CompensationGuard word) {
        return plans.mending(prepared.onErrorMap(OutcomeUnknown.class, e -> new StripeUnavailable("Not begun", SOON, e))
                .flatMap(change -> transactions.run(
                        subscriptions.lockUser(subscription.userId()).then(Mono.defer(() -> begin(change, claim)))))
                .flatMap(change -> asking.ask(subscription, change, word)
                        .flatMap(result -> result.failure() == null
                                ? Mono.just(result)
                                : transactions.run(tries.add(subscription.id(), change.id())
                                        .thenReturn(result)))));
    }

    /**
     * Under the subscription's lock, so that two changes reckoned from one state are not both made, and under the user's, so that
     * no start and no change of another subscription comes to the same plan. What declined cards did not pay is bounded.
     * {@code claim}: what the change was reckoned from was read since it was taken, and no other change was made since.
     */
    private Mono<Change> begin(Change change, UUID claim) {
        return claims.hold(change.subscriptionId(), claim)
                .then(Mono.defer(() -> subscriptions.lock(change.subscriptionId())))
                .flatMap(locked -> preparation.stillFree(locked, change))
                .then(Mono.defer(() -> tries.room(change.subscriptionId(), change.id())))
                .then(Mono.defer(() -> changes.begin(change)))
                .flatMap(begun -> begun ? Mono.just(change) : Mono.error(ChangeClaims.underWay()));
    }

    /** Whoever comes with a used quote and another key learns nothing and changes nothing. */
    private Mono<SubscriptionChangeResult> again(Subscription subscription, Change change, UUID request) {
        if (!change.requestId().equals(request)) {
            return Mono.error(Problem.conflict("quote-used", "This quote was used: ask for a new one."));
        }
        return switch (change.status()) {
            case ASKED ->
                (change.mayBeAskedFor(clock.instant())
                                ? asking.askAgain(subscription, change, false)
                                : asking.lookUp(subscription, change))
                        .onErrorReturn(StripeUnavailable.class, SubscriptionChangeResult.unknown(subscription));
            case DONE -> asking.shown(subscription);
            case REFUSED -> Mono.error(ChangeSubmitter.refused(change.why()));
        };
    }
}
