package io.tillstream.subscription.settlement;

import io.tillstream.delivery.ParkedEvents;
import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.LatePayments;
import io.tillstream.subscription.subscription.Pauses;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Trials;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What follows from a subscription's step: others are told, the user may use more or less, what waited for it goes on. */
@Component
class TransitionEffects {

    private final SubscriptionEventPublisher told;
    private final Renewals renewals;
    private final EntitlementTransition access;
    private final ParkedEvents parked;
    private final Pauses pauses;
    private final Trials trials;
    private final LatePayments late;

    TransitionEffects(
            SubscriptionEventPublisher told,
            Renewals renewals,
            EntitlementTransition access,
            ParkedEvents parked,
            Pauses pauses,
            Trials trials,
            LatePayments late) {
        this.told = told;
        this.renewals = renewals;
        this.access = access;
        this.parked = parked;
        this.pauses = pauses;
        this.trials = trials;
        this.late = late;
    }

    /** In the transaction of the step. */
    Mono<Void> of(Subscription known, Subscription next, Cause cause) {
        return Flux.fromIterable(SubscriptionEventFactory.of(known, next, cause))
                .concatMap(news -> told.tell(next.id(), news))
                .then(renewals.check(next))
                .then(pauses.follow(known, next, cause))
                .then(trials.follow(known, next))
                .then(late.check(known, next))
                .then(Mono.defer(() -> access.follow(next, cause.kind() + " " + cause.id())))
                .then(released(known, next));
    }

    /** Its invoices wait under its name at Stripe, where their events came before any of its own. */
    private Mono<Void> released(Subscription known, Subscription next) {
        String stripeId = next.stripeId();
        boolean wasUnknown = known.status() == SubscriptionStatus.STARTING || known.stripeId() == null;
        return wasUnknown && stripeId != null ? parked.release(stripeId).then() : Mono.empty();
    }
}
