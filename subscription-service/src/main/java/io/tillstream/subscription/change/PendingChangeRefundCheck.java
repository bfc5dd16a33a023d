package io.tillstream.subscription.change;

import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.stripe.PaymentInProgressGuard;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.UnpaidChangeClosure;
import io.tillstream.subscription.subscription.PendingChangeRefundCheckQueue;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.sweep.StripeRound;
import io.tillstream.web.Problem;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Takes back a change that waits for its payment while money of the period went back: it credits that money. A debit that is on its
 * way for it cannot be called back, so its invoice is not voided, or that money came for nothing; then it is looked at again.
 */
@Component
class PendingChangeRefundCheck {

    private static final Logger LOG = LoggerFactory.getLogger(PendingChangeRefundCheck.class);

    private final PendingChangeRefundCheckQueue queue;
    private final Subscriptions subscriptions;
    private final Changes changes;
    private final ChangeClaims claims;
    private final EntitlementTransition access;
    private final StripeSubscriptions stripe;
    private final PaymentInProgressGuard payment;
    private final UnpaidChangeClosure unpaidChanges;

    PendingChangeRefundCheck(
            PendingChangeRefundCheckQueue queue,
            Subscriptions subscriptions,
            Changes changes,
            ChangeClaims claims,
            EntitlementTransition access,
            StripeSubscriptions stripe,
            PaymentInProgressGuard payment,
            UnpaidChangeClosure unpaidChanges) {
        this.queue = queue;
        this.subscriptions = subscriptions;
        this.changes = changes;
        this.claims = claims;
        this.access = access;
        this.stripe = stripe;
        this.payment = payment;
        this.unpaidChanges = unpaidChanges;
    }

    Mono<Long> makeDue() {
        return queue.makeDue();
    }

    /** @param failed is told of each fault */
    Mono<Void> round(Consumer<Throwable> failed) {
        return StripeRound.of(queue::claimDue, this::check, (due, e) -> {
            failed.accept(e);
            LOG.warn("The change of subscription {} is taken back later: {}", due.subscriptionId(), e.toString());
        });
    }

    /** Whether an answer is missing is asked first: one that is stored after that shows in what is read then. */
    private Mono<Void> check(PendingChangeRefundCheckQueue.Due due) {
        UUID id = due.subscriptionId();
        return changes.underWay(id)
                .flatMap(isUnanswered -> subscriptions
                        .find(id)
                        .flatMap(subscription -> subscription.pending() == null
                                ? Mono.just(isUnanswered)
                                : isStillWaiting(subscription)))
                .defaultIfEmpty(false)
                .flatMap(waits -> waits ? Mono.empty() : queue.end(due));
    }

    /** Beside another change, that is looked at once that is over. */
    private Mono<Boolean> isStillWaiting(Subscription subscription) {
        return access.isPaid(subscription)
                .flatMap(paid -> paid
                        ? Mono.just(false)
                        : claims.alone(subscription.id(), close(subscription)).map(now -> now.pending() != null))
                .onErrorReturn(fault -> fault instanceof Problem no && no.status() < 500, true);
    }

    private Mono<Subscription> close(Subscription subscription) {
        return stripe.find(subscription)
                .flatMap(found -> found.map(payment::mustNotBeUnderWay).orElse(Mono.empty()))
                .then(Mono.defer(() -> unpaidChanges.close(subscription)));
    }
}
