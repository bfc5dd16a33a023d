package io.tillstream.subscription.change;

import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.catalog.PriceMissingAtStripeException;
import io.tillstream.subscription.quote.ChangeTarget;
import io.tillstream.subscription.quote.ChangeTargetResolver;
import io.tillstream.subscription.quote.Changeable;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.stripe.EndRestoration;
import io.tillstream.subscription.stripe.PaymentInProgressGuard;
import io.tillstream.subscription.stripe.SchedulePhases;
import io.tillstream.subscription.stripe.ScheduleRelease;
import io.tillstream.subscription.stripe.StripeSchedules;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.StripeTimeLimiter;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Another plan or quantity from the next period on: nothing is billed before, and until then it can be revoked. */
@Component
class PeriodEndChange {

    private static final String CALL = "subscription_schedule.update";

    private final Subscriptions subscriptions;
    private final StripeSubscriptions stripe;
    private final StripeSchedules schedules;
    private final ChangeTargetResolver choice;
    private final ChangeClaims claims;
    private final ConflictingStartClosure unpaid;
    private final SubscriptionTransition settlement;
    private final StripeTimeLimiter wait;
    private final PlanLookup plans;
    private final ScheduledChangeCheck checks;
    private final ScheduleRelease unscheduled;
    private final PaymentInProgressGuard payment;
    private final EndRestoration ends;

    PeriodEndChange(
            Subscriptions subscriptions,
            StripeSubscriptions stripe,
            StripeSchedules schedules,
            ChangeTargetResolver choice,
            ChangeClaims claims,
            ConflictingStartClosure unpaid,
            SubscriptionTransition settlement,
            StripeTimeLimiter wait,
            PlanLookup plans,
            ScheduledChangeCheck checks,
            ScheduleRelease unscheduled,
            PaymentInProgressGuard payment,
            EndRestoration ends) {
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.schedules = schedules;
        this.choice = choice;
        this.claims = claims;
        this.unpaid = unpaid;
        this.settlement = settlement;
        this.wait = wait;
        this.plans = plans;
        this.checks = checks;
        this.unscheduled = unscheduled;
        this.payment = payment;
        this.ends = ends;
    }

    Mono<SubscriptionChangeResult> schedule(
            String userId, UUID subscriptionId, UUID request, @Nullable String planId, @Nullable Integer quantity) {
        return subscriptions
                .find(subscriptionId, userId)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(subscription -> wait.forChange(
                        subscription,
                        claims.ofChange(
                                subscription.id(),
                                claim -> plans.mending(stripe.read(subscription)
                                        .flatMap(snapshot ->
                                                schedule(subscription, snapshot, claim, request, planId, quantity)))),
                        SubscriptionChangeResult::unknown));
    }

    private Mono<SubscriptionChangeResult> schedule(
            Subscription subscription,
            StripeSubscriptionState snapshot,
            UUID claim,
            UUID request,
            @Nullable String planId,
            @Nullable Integer quantity) {
        Changeable.later(snapshot);
        return payment.mustNotBeUnderWay(snapshot)
                .then(choice.of(subscription, snapshot, planId, quantity))
                .flatMap(target -> opened(subscription, snapshot, target.plan().id(), request)
                        .flatMap(schedule -> unchanged(subscription, snapshot, schedule, claim, request)
                                .flatMap(now -> write(subscription, now, schedule, target, request))))
                .map(SubscriptionChangeResult::done);
    }

    /** A schedule that is there may be nobody's to change: that is asked before anything is closed for it. */
    private Mono<JsonNode> opened(
            Subscription subscription, StripeSubscriptionState snapshot, String planId, UUID request) {
        Mono<Void> free = Mono.defer(() -> unpaid.close(subscription, planId))
                .then(Mono.defer(() -> checks.begin(subscription, planId)));
        return snapshot.scheduleId() == null
                ? free.then(Mono.defer(() -> open(subscription, snapshot, request)))
                : open(subscription, snapshot, request).delayUntil(schedule -> free);
    }

    /** The schedule the subscription is in; a crash after it was begun leaves one that changes nothing. */
    private Mono<JsonNode> open(Subscription subscription, StripeSubscriptionState snapshot, UUID request) {
        String id = snapshot.scheduleId();
        return id == null
                ? schedules
                        .begin(request, snapshot.id())
                        .map(answer -> orRefused(answer, null))
                        .flatMap(begun -> orEnded(subscription, begun, request))
                : ends.restored(subscription, id, snapshot.defaultPaymentMethod(), request)
                        .map(answer -> orRefused(answer, null))
                        .doOnNext(SchedulePhases::mustBeUsers);
    }

    /** Its user let it end before there was a schedule: without one, that end is theirs to take back. */
    private Mono<JsonNode> orEnded(Subscription subscription, JsonNode begun, UUID request) {
        return SchedulePhases.ends(begun)
                ? unscheduled
                        .released(subscription, StripeJson.text(begun, "id"), request)
                        .then(Mono.error(SchedulePhases::endedByUser))
                : Mono.just(begun);
    }

    /**
     * The subscription as it is now. The phase that runs is written as the schedule has it, without a bill: what was changed since
     * would be undone by that, and what it gave kept.
     */
    private Mono<StripeSubscriptionState> unchanged(
            Subscription subscription, StripeSubscriptionState before, JsonNode schedule, UUID claim, UUID request) {
        return claims.renew(subscription.id(), claim)
                .then(Mono.defer(() -> stripe.read(subscription)))
                .flatMap(now -> {
                    if (now.items().equals(before.items()) && Objects.equals(now.pending(), before.pending())) {
                        return Mono.just(now);
                    }
                    boolean isOurs = before.scheduleId() == null;
                    return unscheduled
                            .released(subscription, isOurs ? StripeJson.text(schedule, "id") : null, request)
                            .then(Mono.error(ChangeClaims::underWay));
                });
    }

    /** What its user ends after the schedule was read is put back, by whoever comes to it after a crash. */
    private Mono<Subscription> write(
            Subscription subscription,
            StripeSubscriptionState snapshot,
            JsonNode schedule,
            ChangeTarget target,
            UUID request) {
        String id = Objects.requireNonNull(StripeJson.text(schedule, "id"));
        Cause cause = Cause.stripeAnswer(CALL, request);
        boolean wasMarked = SchedulePhases.isMarkedEnded(schedule);
        return (wasMarked ? Mono.<Void>empty() : ends.begin(request, subscription, id))
                .then(Mono.defer(() -> schedules.update(
                        request + ":" + target.priceId(),
                        id,
                        NextPhaseParams.params(schedule, target, snapshot.defaultPaymentMethod()))))
                .map(answer -> orRefused(answer, target.plan().id()))
                .flatMap(updated -> !wasMarked && SchedulePhases.isMarkedEnded(updated)
                        ? endAgain(subscription, snapshot, updated, request)
                        : Mono.just(updated))
                .delayUntil(updated -> ends.end(request))
                .flatMap(updated -> settlement.scheduleAnswered(subscription, cause, updated))
                .flatMap(now -> checks.check(now, target.plan().id(), request));
    }

    /** Its user let it end after the schedule was read, and was told so: that is what they want. */
    private Mono<JsonNode> endAgain(
            Subscription subscription, StripeSubscriptionState snapshot, JsonNode updated, UUID request) {
        return ends.putBack(subscription, updated, snapshot.defaultPaymentMethod(), request)
                .map(answer -> orRefused(answer, null))
                .then(Mono.defer(() -> ends.end(request)))
                .then(Mono.error(SchedulePhases::endedByUser));
    }

    private static JsonNode orRefused(StripeResult<JsonNode> answer, @Nullable String planId) {
        return answer.fold(
                schedule -> schedule,
                no -> {
                    throw StripeProblems.declined(no);
                },
                no -> {
                    throw planId != null && PriceMissingAtStripeException.isTold(no)
                            ? new PriceMissingAtStripeException(planId)
                            : StripeProblems.told(no, ChangeSubmitter.refused(no.code()));
                });
    }
}
