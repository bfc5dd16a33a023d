package io.tillstream.subscription.change;

import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.stripe.PaymentInProgressGuard;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.UnpaidChangeClosure;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * A change that its user takes back before Stripe has answered. Its call may come to Stripe late, so it is not over: nobody asks for
 * it any more, and once no call can be under way, what Stripe shows is what became of it. One that came and waits for its payment is
 * taken back there; one that was paid is made.
 */
@Component
class UnansweredChangeRevocation {

    private final Changes changes;
    private final ChangeSubmitter asking;
    private final StripeSubscriptions stripe;
    private final PaymentInProgressGuard payment;
    private final UnpaidChangeClosure unpaidChanges;
    private final Transactions transactions;
    private final Clock clock;

    UnansweredChangeRevocation(
            Changes changes,
            ChangeSubmitter asking,
            StripeSubscriptions stripe,
            PaymentInProgressGuard payment,
            UnpaidChangeClosure unpaidChanges,
            Transactions transactions,
            Clock clock) {
        this.changes = changes;
        this.asking = asking;
        this.stripe = stripe;
        this.payment = payment;
        this.unpaidChanges = unpaidChanges;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Takes back what is under way, if anything is; under the subscription's claim, so that no first call for it goes on. */
    Mono<Change> begin(UUID subscriptionId) {
        return changes.unanswered(subscriptionId)
                .filterWhen(change -> transactions.run(changes.withdraw(change, clock.instant())));
    }

    /** What came of one that was taken back. */
    Mono<Void> conclude(Subscription subscription, Change change) {
        return stripe.find(subscription).flatMap(found -> {
            if (found.filter(change::isPendingIn).isPresent()) {
                return payment.mustNotBeUnderWay(found.get())
                        .then(Mono.defer(() -> unpaidChanges.close(subscription)))
                        .then()
                        .onErrorComplete(over -> over instanceof Problem no && no.status() < 500);
            }
            boolean isClear = found.isEmpty() || change.isIn(found.get()) || change.isProvable(clock.instant());
            return isClear ? asking.conclude(subscription, change) : Mono.empty();
        });
    }
}
