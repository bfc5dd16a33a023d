package io.tillstream.subscription.change;

import io.tillstream.subscription.start.UnpaidStartClosure;
import io.tillstream.subscription.stripe.UnpaidChangeClosure;
import io.tillstream.subscription.subscription.PlanConflicts;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Instant;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Starts of a plan, and changes to it, that nobody paid for, seen from a subscription that changes to it: they are closed at Stripe
 * first, as one that is paid later would be a second subscription. One that is paid at this very moment stays, and the change is
 * refused.
 */
@Component
class ConflictingStartClosure {

    private final Subscriptions subscriptions;
    private final UnpaidStartClosure abandoned;
    private final UnpaidChangeClosure changes;
    private final PlanConflicts conflicts;
    private final Changes begun;

    ConflictingStartClosure(
            Subscriptions subscriptions,
            UnpaidStartClosure abandoned,
            UnpaidChangeClosure changes,
            PlanConflicts conflicts,
            Changes begun) {
        this.subscriptions = subscriptions;
        this.abandoned = abandoned;
        this.changes = changes;
        this.conflicts = conflicts;
        this.begun = begun;
    }

    /** Whether a change to the plan that nobody paid for yet began after {@code moment}, or nobody here knows when. */
    Mono<Boolean> hasNewerChange(Subscription changing, String planId, Instant moment) {
        return conflicts
                .unpaidChanges(changing.id(), changing.userId(), planId)
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(other -> begun.newest(other.id(), planId)
                        .map(at -> at.isAfter(moment))
                        .defaultIfEmpty(true))
                .any(isNewer -> isNewer);
    }

    Mono<Void> close(Subscription changing, String planId) {
        return subscriptions
                .live(changing.userId())
                .filter(other ->
                        !other.id().equals(changing.id()) && other.planId().equals(planId) && other.isUnpaidStart())
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(abandoned::close)
                .filter(Subscription::isLive)
                .next()
                .switchIfEmpty(Mono.defer(() -> changes.close(changing.id(), changing.userId(), planId)))
                .flatMap(paid -> Mono.error(
                        Problem.conflict("subscription-already-live", "You have a subscription to this plan already.")
                                .with("subscriptionId", paid.id())));
    }
}
