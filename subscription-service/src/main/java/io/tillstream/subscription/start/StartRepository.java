package io.tillstream.subscription.start;

import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.PlanConflicts;
import io.tillstream.subscription.subscription.PromotionRedemptions;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.subscription.subscription.Trials;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The rows of starts: committed before Stripe is asked, so that none is lost. */
@Component
class StartRepository {

    private final Subscriptions subscriptions;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;
    private final Trials trials;
    private final PromotionRedemptions promotions;
    private final PlanConflicts conflicts;

    StartRepository(
            Subscriptions subscriptions,
            Timeline timeline,
            Transactions transactions,
            Clock clock,
            Trials trials,
            PromotionRedemptions promotions,
            PlanConflicts conflicts) {
        this.subscriptions = subscriptions;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
        this.trials = trials;
        this.promotions = promotions;
        this.conflicts = conflicts;
    }

    /** From here on it is found again whatever happens; empty if the user has a live one of the plan by now. */
    Mono<Subscription> begin(UUID id, String userId, StartParameters wanted) {
        Instant now = clock.instant();
        var terms = new Subscription.Terms(wanted.planId(), wanted.priceId(), wanted.quantity(), wanted.currency());
        Subscription row = Subscription.begun(id, userId, terms, wanted.toJson(), subscriptions.firstAsk(now), now)
                .named(wanted.customerId(), null);
        Cause cause = Cause.request("POST /api/subscriptions", id);
        return transactions.run(free(row)
                .then(Mono.defer(() -> subscriptions.begin(row)))
                .filter(isNew -> isNew)
                .flatMap(isNew -> wanted.trialDays() == 0 ? Mono.just(true) : trials.take(row))
                .flatMap(free -> free ? Mono.just(true) : Mono.error(trialTaken()))
                .flatMap(free -> holdsPromotion(row, wanted))
                .flatMap(begun -> timeline.moved(id, row.version(), null, row.status(), cause)
                        .thenReturn(row)));
    }

    /** Another subscription may become one of the plan, at its period's end say: then both would be paid for ever. */
    private Mono<Void> free(Subscription row) {
        return subscriptions
                .lockUser(row.userId())
                .thenMany(conflicts.paidOrPending(row.id(), row.userId(), row.planId()))
                .next()
                .flatMap(other -> Mono.error(StartRefusals.alreadyLive(other)));
    }

    /** Of two starts at once one has the code. */
    private Mono<Boolean> holdsPromotion(Subscription row, StartParameters wanted) {
        return !wanted.mayHaveCode()
                ? Mono.just(true)
                : promotions
                        .isOnlyHolder(row, wanted.promotionCodeId())
                        .flatMap(alone -> alone ? Mono.just(true) : Mono.error(StartRefusals.promotionUsed()));
    }

    /** Of two starts at once one has the trial. */
    private static Problem trialTaken() {
        return Problem.conflict(
                "trial-used",
                "Another start of yours has the trial: wait until it is known what became of it, or begin without one (trial: false).");
    }

    /** Somebody asks for it once more: whoever asked first does not take it back any more. */
    Mono<Void> askedAgain(Subscription row) {
        return transactions
                .run(subscriptions.askedAgain(row.id()).thenReturn(true))
                .then();
    }

    /** Takes a start back about which Stripe was never asked; false if someone else has asked for it meanwhile. */
    Mono<Boolean> takeBack(Subscription row) {
        return transactions.run(subscriptions
                .lock(row.id())
                .then(subscriptions.takeBack(row.id()))
                .flatMap(gone -> gone ? trials.giveBack(row.id()).thenReturn(true) : Mono.just(false)));
    }

    /** The page of Stripe's on which it can be paid for, and when that closes by itself. */
    Mono<Subscription> onPage(UUID id, String sessionId, Instant askAt) {
        return transactions.run(subscriptions.lock(id).flatMap(row -> {
            if (row.status() != SubscriptionStatus.STARTING) {
                return Mono.just(row);
            }
            var names =
                    new Subscription.Names(row.names().customerId(), row.names().subscriptionId(), sessionId);
            var start = new Subscription.Start(
                    row.start().request(), askAt, row.start().asks(), null, null);
            Subscription next = row.with(row.status(), names, start, clock.instant());
            return subscriptions
                    .update(next)
                    .then(timeline.called(id, "POST /v1/checkout/sessions", sessionId, "open", null))
                    .thenReturn(next);
        }));
    }

    Mono<Void> noted(Mono<Void> line) {
        return transactions.run(line);
    }
}
