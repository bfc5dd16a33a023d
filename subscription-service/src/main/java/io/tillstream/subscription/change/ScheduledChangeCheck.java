package io.tillstream.subscription.change;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.quote.ChangeTargetResolver;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.stripe.EndRestoration;
import io.tillstream.subscription.stripe.SchedulePhases;
import io.tillstream.subscription.stripe.ScheduleRelease;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * One live subscription per user and plan, also where another is to have the plan from the next period on. A start that was
 * begun meanwhile sees no plan yet, so it is looked for once more when the plan is kept; that there is still to look is kept
 * before Stripe is asked, and {@link ChangeSweep} finds it after a crash or an answer that was lost.
 */
@Component
class ScheduledChangeCheck {

    private static final Logger LOG = LoggerFactory.getLogger(ScheduledChangeCheck.class);

    private final ScheduledChangeCheckQueue queue;
    private final Subscriptions subscriptions;
    private final ChangeTargetResolver choice;
    private final ConflictingStartClosure unpaid;
    private final StripeSubscriptions stripe;
    private final EndRestoration ends;
    private final ScheduleRelease unscheduled;
    private final SubscriptionTransition settlement;
    private final Transactions transactions;

    ScheduledChangeCheck(
            ScheduledChangeCheckQueue queue,
            Subscriptions subscriptions,
            ChangeTargetResolver choice,
            ConflictingStartClosure unpaid,
            StripeSubscriptions stripe,
            EndRestoration ends,
            ScheduleRelease unscheduled,
            SubscriptionTransition settlement,
            Transactions transactions) {
        this.queue = queue;
        this.subscriptions = subscriptions;
        this.choice = choice;
        this.unpaid = unpaid;
        this.stripe = stripe;
        this.ends = ends;
        this.unscheduled = unscheduled;
        this.settlement = settlement;
        this.transactions = transactions;
    }

    /** @param plannedAt since when it waits: what began later is not closed for it */
    record Due(UUID subscriptionId, String planId, Instant plannedAt) {}

    /** Before Stripe is asked. */
    Mono<Void> begin(Subscription subscription, String planId) {
        return planId.equals(subscription.planId())
                ? Mono.empty()
                : transactions
                        .run(queue.begin(subscription.id(), planId).thenReturn(true))
                        .then();
    }

    /** Whoever begins or changes from here on sees the plan; who was faster has it, and this one is told 409. */
    Mono<Subscription> check(Subscription planned, String planId, Object request) {
        return planId.equals(planned.planId())
                ? Mono.just(planned)
                : transactions
                        .run(subscriptions
                                .lockUser(planned.userId())
                                .then(Mono.defer(() -> choice.stillFree(planned, planId)))
                                .then(Mono.defer(() -> queue.end(planned.id(), planId)))
                                .thenReturn(planned))
                        .onErrorResume(Problem.class, taken -> release(planned, planId, request)
                                .then(Mono.error(taken)));
    }

    /** Not what its user ended meanwhile, or the shop planned: that is no change to the plan any more. */
    private Mono<Void> release(Subscription planned, String planId, Object request) {
        return usersSchedule(planned, request)
                .flatMap(schedule -> unscheduled.released(planned, StripeJson.text(schedule, "id"), request))
                .then(Mono.defer(() -> ended(planned.id(), planId)));
    }

    private Mono<Void> ended(UUID subscriptionId, String planId) {
        return transactions
                .run(queue.end(subscriptionId, planId).thenReturn(true))
                .then();
    }

    Mono<Long> makeDue() {
        return queue.makeDue();
    }

    /**
     * One round over what nobody has checked; a fault with one does not keep the others.
     *
     * @param failed is told of each fault
     */
    Mono<Void> round(Consumer<Throwable> failed) {
        return queue.claimDue()
                .collectList()
                .flatMapIterable(due -> due)
                .concatMap(due -> again(due).onErrorResume(e -> {
                    failed.accept(e);
                    LOG.warn("What subscription {} will be is checked later: {}", due.subscriptionId(), e.toString());
                    return Mono.empty();
                }))
                .then();
    }

    /** What is planned now is what counts: the plan of the row may be one that Stripe was never asked for, or refused. */
    private Mono<Void> again(Due due) {
        return subscriptions
                .find(due.subscriptionId())
                .flatMap(subscription -> usersSchedule(subscription, UUID.randomUUID())
                        .flatMap(schedule -> settlement.scheduleAnswered(
                                subscription, Cause.question("subscription_schedule.read", due.planId()), schedule))
                        .flatMap(planned -> again(planned, due.plannedAt())))
                .defaultIfEmpty(true)
                .flatMap(isSure -> isSure ? ended(due.subscriptionId(), due.planId()) : Mono.empty());
    }

    /** As Stripe has it; empty where it is in none whose changes are all its user's. */
    private Mono<JsonNode> usersSchedule(Subscription subscription, Object request) {
        return stripe.find(subscription)
                .flatMap(Mono::justOrEmpty)
                .flatMap(snapshot -> snapshot.scheduleId() == null
                        ? Mono.empty()
                        : ends.restored(subscription, snapshot.scheduleId(), snapshot.defaultPaymentMethod(), request))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .filter(SchedulePhases::isUsers);
    }

    /**
     * Starts and changes that nobody paid for give way, as when the change is asked for; one that was paid is found by the check. A
     * change that began since is what its user wants now, and may be paid yet: until that is known nothing is sure, so neither is taken
     * from them.
     */
    private Mono<Boolean> again(Subscription planned, Instant plannedAt) {
        String planId = planned.schedule().planId();
        return planId == null
                ? Mono.just(true)
                : unpaid.hasNewerChange(planned, planId, plannedAt)
                        .flatMap(waits -> waits ? Mono.just(false) : closeAndCheck(planned, planId));
    }

    private Mono<Boolean> closeAndCheck(Subscription planned, String planId) {
        return unpaid.close(planned, planId)
                .onErrorComplete(Problem.class)
                .then(Mono.defer(() -> check(planned, planId, UUID.randomUUID())))
                .onErrorComplete(Problem.class)
                .thenReturn(true);
    }
}
