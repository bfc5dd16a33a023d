package io.tillstream.payment.customer;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.CustomerEvent;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.refund.Refunds;
import io.tillstream.payment.subscription.StripeSubscriptions;
import io.tillstream.payment.subscription.StripeSubscriptions.Live;
import io.tillstream.stripe.StripeResult;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * A user is forgotten. In one transaction the wish is kept and told, so that every other service erases what it has; then
 * Stripe deletes the customer, which ends the cards and subscriptions; then what stands here is erased. The process may end
 * between any two: {@link CustomerDeletionSweep} goes on. What is not known here may be known to others, so the wish is told then
 * too.
 */
@Component
class CustomerDeletion {

    private static final Logger LOG = LoggerFactory.getLogger(CustomerDeletion.class);

    private final Transactions transactions;
    private final Payables payables;
    private final CustomerRepository rows;
    private final CustomerTransition changes;
    private final StripeCustomers stripe;
    private final StripeSubscriptions subscriptions;
    private final Refunds refunds;
    private final Outbox outbox;
    private final Clock clock;

    CustomerDeletion(
            Transactions transactions,
            Payables payables,
            CustomerRepository rows,
            CustomerTransition changes,
            StripeCustomers stripe,
            StripeSubscriptions subscriptions,
            Refunds refunds,
            Outbox outbox,
            Clock clock) {
        this.transactions = transactions;
        this.payables = payables;
        this.rows = rows;
        this.changes = changes;
        this.stripe = stripe;
        this.subscriptions = subscriptions;
        this.refunds = refunds;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * Whether all is done; if not, {@link CustomerDeletionSweep} goes on with it.
     *
     * @param endsSubscriptions the user knows that live ones end; else they are told, and nothing is deleted
     */
    Mono<Boolean> leave(String userId, boolean endsSubscriptions) {
        Mono<Void> allowed = endsSubscriptions ? Mono.empty() : nothingLive(userId);
        return allowed.then(transactions.run(Mono.defer(() -> begin(userId))))
                .flatMap(known -> known.map(this::finishOrLater).orElseGet(() -> Mono.error(Problem.notFound())));
    }

    private Mono<Void> nothingLive(String userId) {
        return rows.find(userId)
                .filter(customer -> !customer.leaving())
                .mapNotNull(Customer::stripeId)
                .flatMap(stripeId -> StripeTimeLimiter.on(subscriptions.of(stripeId)))
                .filter(live -> live.stream().anyMatch(Live::everBegan))
                .flatMap(live -> Mono.<Void>error(Problem.conflict(
                        "subscription-active",
                        "A subscription of yours is live and would end at once, without money back. Cancel it, or"
                                + " delete yourself with confirm=end_subscriptions.")));
    }

    /**
     * Empty for who is not known here. Nothing of theirs that was ordered before the wish, which is now, can be begun to be paid
     * after it. Each wish is told: what was ordered since the last one is to be erased too.
     */
    private Mono<Optional<Customer>> begin(String userId) {
        Instant now = clock.instant();
        return payables.leave(userId, now)
                .then(rows.lock(userId))
                .filter(CustomerDeletion::isKnown)
                .flatMap(customer -> rows.leave(userId, now).thenReturn(Optional.of(customer)))
                .defaultIfEmpty(Optional.empty())
                .flatMap(known -> refunds.forgetNotes(userId).thenReturn(known))
                .flatMap(known -> outbox.append(new CustomerEvent.Deleted(userId, now.toString()))
                        .thenReturn(known));
    }

    private static boolean isKnown(Customer customer) {
        return customer.stripeId() != null
                || customer.askedAt() != null
                || customer.registeredAt() != null
                || !customer.details().isEmpty();
    }

    private Mono<Boolean> finishOrLater(Customer customer) {
        return StripeTimeLimiter.on(deleted(customer)).thenReturn(true).onErrorResume(fault -> {
            LOG.warn("Customer {} is deleted later: {}", customer.stripeId(), fault.toString());
            return Mono.just(false);
        });
    }

    /** Deletes a leaving customer at Stripe, then here. */
    Mono<Void> deleted(Customer leaving) {
        String stripeId = leaving.stripeId();
        Mono<Boolean> gone =
                stripeId == null ? Mono.just(true) : stripe.delete(stripeId).map(CustomerDeletion::isGone);
        return gone.filter(yes -> yes)
                .flatMap(yes -> transactions.run(
                        rows.lock(leaving.userId()).filter(Customer::leaving).flatMap(now -> changes.end(now)
                                .thenReturn(true))))
                .then();
    }

    private static boolean isGone(StripeResult<?> answer) {
        return answer.fold(done -> true, no -> false, no -> {
            if (!no.missing()) {
                throw new IllegalStateException("Customer not deleted: " + no);
            }
            return true;
        });
    }
}
