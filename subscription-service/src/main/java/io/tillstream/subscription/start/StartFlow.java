package io.tillstream.subscription.start;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.start.StartJson.StartCommand;
import io.tillstream.subscription.stripe.UnpaidChangeClosure;
import io.tillstream.subscription.subscription.PlanConflicts;
import io.tillstream.subscription.subscription.PromotionRedemptions;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Trials;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Beginning a subscription: the plan is there and nothing stands in the way, the customer is there, the row is committed,
 * then Stripe is asked, then its answer is kept. The process may end between any two; {@link StartSweep} goes on. Read
 * this first.
 */
@Component
class StartFlow {

    private static final Duration ALL = Duration.ofSeconds(10); // the gateway waits 15 s
    private static final Duration BEFORE = Duration.ofSeconds(5); // then half of it is left for the start itself

    private final Subscriptions subscriptions;
    private final StartParametersResolver wishes;
    private final UnpaidStartClosure abandoned;
    private final StartRepository begun;
    private final StartSubmitter asking;
    private final Trials trials;
    private final PromotionRedemptions promotions;
    private final PlanConflicts conflicts;
    private final UnpaidChangeClosure unpaidChanges;

    StartFlow(
            Subscriptions subscriptions,
            StartParametersResolver wishes,
            UnpaidStartClosure abandoned,
            StartRepository begun,
            StartSubmitter asking,
            Trials trials,
            PromotionRedemptions promotions,
            PlanConflicts conflicts,
            UnpaidChangeClosure unpaidChanges) {
        this.subscriptions = subscriptions;
        this.wishes = wishes;
        this.abandoned = abandoned;
        this.begun = begun;
        this.asking = asking;
        this.trials = trials;
        this.promotions = promotions;
        this.conflicts = conflicts;
        this.unpaidChanges = unpaidChanges;
    }

    /** Begins, or says how the same start stands by now. Goes on when the caller has gone. */
    Mono<StartResult> start(String userId, UUID id, StartCommand wish) {
        long began = System.nanoTime();
        Mono<StartResult> started = subscriptions
                .find(id, userId)
                .flatMap(row -> waitFor(again(row), row, began, new CompensationGuard()))
                .switchIfEmpty(Mono.defer(() -> first(userId, id, wish, began)
                        .onErrorResume(
                                MissingCustomerOrPriceRecovery.MadeAnew.class,
                                anew -> first(userId, id, wish, began))));
        return Transactions.shield(started)
                .onErrorMap(StripeUnavailable.class, StartFlow::unavailable)
                .onErrorMap(MissingCustomerOrPriceRecovery.MadeAnew.class, StartFlow::lostAgain);
    }

    private Mono<StartResult> first(String userId, UUID id, StartCommand wish, long began) {
        return cleared(userId, wish)
                .transform(StartFlow::soon)
                .flatMap(way -> way.reused() != null
                        ? waitFor(
                                asking.read(way.reused()).map(StartResult::found),
                                way.reused(),
                                began,
                                new CompensationGuard())
                        : begin(userId, id, way.wanted()).flatMap(row -> asked(row, began)));
    }

    private Mono<StartResult> asked(Subscription row, long began) {
        var first = new CompensationGuard();
        return waitFor(asking.ask(row, first), row, began, first);
    }

    /** The row that makes this start the only one; whoever was faster stands in the way. */
    Mono<Subscription> begin(String userId, UUID id, StartParameters wanted) {
        return begun.begin(id, userId, wanted).switchIfEmpty(Mono.defer(() -> subscriptions
                .findLive(userId, wanted.planId())
                .<Subscription>flatMap(live -> Mono.error(StartRefusals.alreadyLive(live)))
                .switchIfEmpty(Mono.error(() -> Problem.conflict(
                        "subscription-already-live", "Another start of this plan was faster; try again.")))));
    }

    /** What is to be begun, or the unpaid start that asks for the very same. */
    record Way(StartParameters wanted, @Nullable Subscription reused) {}

    /** Nothing may stand in the way; what nobody paid for does not. */
    Mono<Way> cleared(String userId, StartCommand wish) {
        return wishes.plan(wish).flatMap(plan -> free(userId, plan)
                .then(Mono.defer(() -> subscriptions.findLive(userId, plan.id())))
                .flatMap(live -> live.isUnpaidStart() ? Mono.just(live) : Mono.error(StartRefusals.alreadyLive(live)))
                .flatMap(unpaid -> wishes.wanted(userId, wish, plan).flatMap(wanted -> instead(unpaid, wanted)))
                .switchIfEmpty(
                        Mono.defer(() -> wishes.wanted(userId, wish, plan).map(wanted -> new Way(wanted, null))))
                .flatMap(way -> way.reused() != null || way.wanted().trialDays() == 0
                        ? Mono.just(way)
                        : freeTrial(userId, plan).thenReturn(way))
                .flatMap(way -> way.reused() != null
                        ? Mono.just(way)
                        : freePromotion(userId, way.wanted()).thenReturn(way))
                .delayUntil(way -> unpaidChanges
                        .close(null, userId, plan.id())
                        .flatMap(paid -> Mono.error(StartRefusals.alreadyLive(paid)))));
    }

    private Mono<Void> free(String userId, Plan plan) {
        return conflicts
                .with(null, userId, plan.id())
                .next()
                .flatMap(other -> Mono.error(StartRefusals.alreadyLive(other)));
    }

    /**
     * The code may be held by a start of another plan that nobody paid for, or typed on its page: that is closed first, so that
     * one code is used once.
     */
    private Mono<Void> freePromotion(String userId, StartParameters wanted) {
        return !wanted.mayHaveCode()
                ? Mono.empty()
                : promotions
                        .holders(userId, wanted.promotionCodeId())
                        .collectList()
                        .flatMapIterable(unpaid -> unpaid)
                        .concatMap(abandoned::close)
                        .filter(Subscription::isLive)
                        .next()
                        .flatMap(paid -> Mono.error(StartRefusals.promotionUsed()));
    }

    /** The trial may be held by a page of a sibling plan that nobody paid on: that page is closed first. */
    private Mono<Void> freeTrial(String userId, Plan plan) {
        return trials.holder(userId, plan.product())
                .flatMap(subscriptions::find)
                .filter(Subscription::isOnPage)
                .flatMap(abandoned::close)
                .then();
    }

    private Mono<Way> instead(Subscription unpaid, StartParameters wanted) {
        boolean same = unpaid.status() == SubscriptionStatus.INCOMPLETE
                && unpaid.wasBegunHere()
                && StartParameters.of(unpaid).isSameAs(wanted);
        return same
                ? Mono.just(new Way(wanted, unpaid))
                : abandoned
                        .close(unpaid)
                        .flatMap(now -> now.isLive()
                                ? Mono.error(StartRefusals.alreadyLive(now))
                                : Mono.just(new Way(wanted, null)));
    }

    private Mono<StartResult> again(Subscription row) {
        return switch (row.status()) {
            case STARTING ->
                begun.askedAgain(row)
                        .then(asking.findOut(row, false))
                        .flatMap(found ->
                                found.subscription().status() == SubscriptionStatus.FAILED && found.declined() == null
                                        ? Mono.error(StartRefusals.failed(found.subscription()))
                                        : Mono.just(found))
                        .onErrorReturn(StripeUnavailable.class, StartResult.unsettled(row));
            case FAILED -> Mono.error(StartRefusals.failed(row));
            case INCOMPLETE, TRIALING -> asking.read(row);
            case ACTIVE, PAST_DUE, UNPAID, PAUSED, CANCELED, INCOMPLETE_EXPIRED ->
                row.isPaymentUnheardOf() ? asking.read(row) : Mono.just(StartResult.of(row, null));
        };
    }

    /** The call goes on when the caller has waited long enough. */
    private Mono<StartResult> waitFor(Mono<StartResult> answer, Subscription row, long began, CompensationGuard first) {
        Duration left = ALL.minusNanos(System.nanoTime() - began);
        Mono<StartResult> goesOn = Mono.defer(() -> first.told()
                ? subscriptions.find(row.id()).map(StartResult::unsettled)
                : Mono.error(new StripeUnavailable("Just taken back", BEFORE, null)));
        return Transactions.shield(answer)
                .timeout(left.isNegative() ? Duration.ZERO : left, goesOn)
                .onErrorResume(OutcomeUnknown.class, unknown -> goesOn);
    }

    /** Before anything was begun, no answer in time means that nothing was done. */
    static <T> Mono<T> soon(Mono<T> work) {
        return work.timeout(BEFORE)
                .onErrorMap(
                        e -> e instanceof TimeoutException || e instanceof OutcomeUnknown,
                        e -> new StripeUnavailable("Stripe is slow", BEFORE, e));
    }

    /** Somebody takes it away at Stripe faster than it is made. */
    static Problem lostAgain(Throwable again) {
        return Problem.unavailable("Stripe does not have what this needs; try again.", BEFORE)
                .causedBy(again);
    }

    static Problem unavailable(StripeUnavailable away) {
        return Problem.unavailable("Stripe cannot be asked now.", away.retryAfter());
    }
}
