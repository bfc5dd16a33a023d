package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.subscription.sweep.StripeRound;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Takes credit back whose money went back, as far as it is not used, and gives it again where the money stays after all. A
 * move is committed, then Stripe is asked, then its answer is kept.
 */
@Component
class CreditRecoveryFlow {

    private static final Logger LOG = LoggerFactory.getLogger(CreditRecoveryFlow.class);
    private static final String CALL = "customer_balance_transaction.create";

    private final CreditRecoveryQueue queue;
    private final StripeCredit stripe;
    private final Subscriptions subscriptions;
    private final Timeline timeline;
    private final Transactions transactions;

    CreditRecoveryFlow(
            CreditRecoveryQueue queue,
            StripeCredit stripe,
            Subscriptions subscriptions,
            Timeline timeline,
            Transactions transactions) {
        this.queue = queue;
        this.stripe = stripe;
        this.subscriptions = subscriptions;
        this.timeline = timeline;
        this.transactions = transactions;
    }

    Mono<Long> makeDue() {
        return queue.makeDue();
    }

    /** @param failed is told of each fault */
    Mono<Void> round(Consumer<Throwable> failed) {
        return StripeRound.of(queue::claimDue, this::goOn, (recovery, e) -> {
            failed.accept(e);
            LOG.warn("Credit of subscription {} is taken back later: {}", recovery.subscriptionId(), e.toString());
        });
    }

    Mono<CreditRecoveryQueue.GivenUp> givenUp() {
        return queue.givenUp();
    }

    /** What was asked for before is looked for first. */
    private Mono<Void> goOn(CreditRecovery recovery) {
        return recovery.move() == null
                ? begin(recovery)
                : stripe.isMoved(recovery).flatMap(moved -> moved ? end(recovery, "applied") : ask(recovery));
    }

    private Mono<Void> begin(CreditRecovery recovery) {
        if (recovery.open() == 0) {
            return queue.rest(recovery);
        }
        Mono<Long> possible = recovery.open() < 0
                ? Mono.just(recovery.open())
                : stripe.left(recovery).map(left -> Math.min(left, recovery.open()));
        return possible.filter(amount -> amount != 0).flatMap(amount -> transactions
                .run(queue.begin(recovery, amount))
                .filter(begun -> begun)
                .flatMap(begun -> ask(recovery.moving(amount))));
    }

    private Mono<Void> ask(CreditRecovery recovery) {
        return stripe.move(recovery, Objects.requireNonNull(recovery.move()))
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode>
                        ? end(recovery, StripeResult.Different.CODE)
                        : answer.fold(
                                made -> end(recovery, "applied"),
                                no -> refused(recovery, no.code()),
                                no -> refused(recovery, no.code())))
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed()
                                ? stripe.isMoved(recovery)
                                        .flatMap(
                                                moved -> moved ? end(recovery, "applied") : refused(recovery, "failed"))
                                : Mono.error(unknown));
    }

    private Mono<Void> end(CreditRecovery recovery, String outcome) {
        long moved = Objects.requireNonNull(recovery.move());
        LOG.info("Credit of subscription {}: {} of {} taken back", recovery.subscriptionId(), moved, recovery.open());
        return keep(recovery, moved, outcome, String.valueOf(moved));
    }

    private Mono<Void> refused(CreditRecovery recovery, String code) {
        LOG.warn("Credit of subscription {} is not taken back: {}", recovery.subscriptionId(), code);
        return keep(recovery, 0, "refused", code);
    }

    /** The subscription's row first, as its events have it: the other way round each would wait for the other. */
    private Mono<Void> keep(CreditRecovery recovery, long moved, String outcome, String why) {
        return transactions
                .run(subscriptions
                        .lock(recovery.subscriptionId())
                        .then(queue.end(recovery, moved))
                        .filter(ended -> ended)
                        .flatMap(ended -> timeline.called(recovery.subscriptionId(), CALL, recovery.key(), outcome, why)
                                .thenReturn(true)))
                .then();
    }
}
