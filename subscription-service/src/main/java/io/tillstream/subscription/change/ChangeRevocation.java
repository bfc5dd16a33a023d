package io.tillstream.subscription.change;

import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.stripe.EndRestoration;
import io.tillstream.subscription.stripe.PaymentInProgressGuard;
import io.tillstream.subscription.stripe.SchedulePhases;
import io.tillstream.subscription.stripe.ScheduleRelease;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.StripeTimeLimiter;
import io.tillstream.subscription.stripe.SubscriptionUpdateResult;
import io.tillstream.subscription.stripe.UnpaidChangeClosure;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A change that is not in force yet is taken back: one at the end of the period, or one that was not paid. */
@Component
class ChangeRevocation {

    private final Subscriptions subscriptions;
    private final StripeSubscriptions stripe;
    private final ScheduleRelease unscheduled;
    private final EndRestoration ends;
    private final UnpaidChangeClosure unpaidChanges;
    private final ChangeClaims claims;
    private final UnansweredChangeRevocation unanswered;
    private final ChangeSubmitter asking;
    private final SubscriptionTransition settlement;
    private final StripeTimeLimiter wait;

    ChangeRevocation(
            Subscriptions subscriptions,
            StripeSubscriptions stripe,
            ScheduleRelease unscheduled,
            EndRestoration ends,
            UnpaidChangeClosure unpaidChanges,
            ChangeClaims claims,
            UnansweredChangeRevocation unanswered,
            ChangeSubmitter asking,
            SubscriptionTransition settlement,
            StripeTimeLimiter wait) {
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.unscheduled = unscheduled;
        this.ends = ends;
        this.unpaidChanges = unpaidChanges;
        this.claims = claims;
        this.unanswered = unanswered;
        this.asking = asking;
        this.settlement = settlement;
        this.wait = wait;
    }

    Mono<SubscriptionUpdateResult> revoke(String userId, UUID subscriptionId, UUID request) {
        return subscriptions
                .find(subscriptionId, userId)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(subscription -> wait.forChange(
                        subscription,
                        claims.alone(
                                subscription.id(),
                                unanswered
                                        .begin(subscription.id())
                                        .map(Optional::of)
                                        .defaultIfEmpty(Optional.empty())
                                        .flatMap(change -> revoke(subscription, change, request))),
                        now -> new SubscriptionUpdateResult(now, false)));
    }

    private Mono<SubscriptionUpdateResult> revoke(
            Subscription subscription, Optional<Change> unanswered, UUID request) {
        return unanswered.map(change -> revoke(subscription, change, request)).orElseGet(() -> stripe.read(subscription)
                .flatMap(snapshot -> revoke(subscription, snapshot, request))
                .map(ChangeRevocation::done));
    }

    /** What is known here is read again, since no other change can be made: what an earlier one left waiting is in it. */
    private Mono<SubscriptionUpdateResult> revoke(Subscription before, Change change, UUID request) {
        return subscriptions.find(before.id()).flatMap(subscription -> stripe.read(subscription)
                .flatMap(snapshot -> revoke(subscription, snapshot, change, request)));
    }

    private static SubscriptionUpdateResult done(Subscription now) {
        return new SubscriptionUpdateResult(now, true);
    }

    /** Stripe has not answered that change: what it shows may be all, or the call comes yet. An older one goes at once. */
    private Mono<SubscriptionUpdateResult> revoke(
            Subscription subscription, StripeSubscriptionState snapshot, Change change, UUID request) {
        if (change.isPendingIn(snapshot)) {
            boolean isItsOwn = subscription.pending() == null;
            return revoke(subscription, snapshot, request).flatMap(now -> revoked(now, change, isItsOwn));
        }
        if (change.isIn(snapshot)) {
            return asking.lookUp(subscription, change).then(Mono.error(nothing()));
        }
        SubscriptionStatus status = snapshot.status();
        boolean isOver = status != null && status.isOver();
        return (isOver || snapshot.pending() != null
                        ? revoke(subscription, snapshot, request)
                        : Mono.just(subscription))
                .map(now -> new SubscriptionUpdateResult(now, false));
    }

    /**
     * What was paid at that moment is made. What waited may have been one of before to the same terms, and the call of this one comes
     * yet: then it is not over.
     *
     * @param isItsOwn whether nobody knew here of a change that waited, so that only this one can have
     */
    private Mono<SubscriptionUpdateResult> revoked(Subscription now, Change change, boolean isItsOwn) {
        if (change.isInForce(now)) {
            return asking.lookUp(now, change).then(Mono.error(PaymentInProgressGuard.paid()));
        }
        return isItsOwn
                ? asking.revoked(change).thenReturn(done(now))
                : Mono.just(new SubscriptionUpdateResult(now, false));
    }

    private Mono<Subscription> revoke(Subscription subscription, StripeSubscriptionState snapshot, UUID request) {
        SubscriptionStatus status = snapshot.status();
        if (status != null && status.isOver()) {
            return settlement
                    .answered(subscription, Cause.question("subscription.read", request), snapshot)
                    .then(Mono.error(StripeSubscriptions.ended()));
        }
        if (snapshot.pending() != null) {
            return unpaid(subscription, snapshot.latestInvoiceId(), request);
        }
        if (snapshot.scheduleId() != null) {
            return ends.restored(subscription, snapshot.scheduleId(), snapshot.defaultPaymentMethod(), request)
                    .doOnNext(answer -> StripeProblems.present(answer).ifPresent(ChangeRevocation::mustBeRevocable))
                    .flatMap(ours -> unscheduled.of(subscription, snapshot, request));
        }
        return Mono.error(nothing());
    }

    private static void mustBeRevocable(JsonNode schedule) {
        if (SchedulePhases.isUsersEnd(schedule)) {
            throw nothing();
        }
        SchedulePhases.mustBeUsers(schedule);
    }

    private static Problem nothing() {
        return Problem.conflict("nothing-to-revoke", "No change is waiting.");
    }

    /** One that is paid at this moment stays. */
    private Mono<Subscription> unpaid(Subscription subscription, @Nullable String invoiceId, UUID request) {
        if (invoiceId == null) {
            return Mono.error(nothing());
        }
        return unpaidChanges
                .close(subscription, invoiceId, request)
                .flatMap(now -> now.pending() == null ? Mono.just(now) : Mono.error(PaymentInProgressGuard.paid()));
    }
}
