package io.tillstream.subscription.cancellation;

import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionUpdateParams;
import io.tillstream.subscription.start.UnpaidStartClosure;
import io.tillstream.subscription.stripe.PaymentInProgressGuard;
import io.tillstream.subscription.stripe.SchedulePhases;
import io.tillstream.subscription.stripe.ScheduleRelease;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.SubscriptionUpdateResult;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.web.Problem;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A subscription ends: at once, with nothing given back, or with the period that is paid. */
@Component
class CancelFlow {

    private static final String NOW = "subscription.cancel";
    private static final String WHY = "subscription.cancel_reason";
    private static final String LATER = "subscription.cancel_at_period_end";

    private final SubscriptionActionTemplate act;
    private final StripeSubscriptions stripe;
    private final ScheduleRelease unscheduled;
    private final CancellationViaSchedule plans;
    private final UnpaidStartClosure starts;
    private final PaymentInProgressGuard payment;

    CancelFlow(
            SubscriptionActionTemplate act,
            StripeSubscriptions stripe,
            ScheduleRelease unscheduled,
            CancellationViaSchedule plans,
            UnpaidStartClosure starts,
            PaymentInProgressGuard payment) {
        this.act = act;
        this.stripe = stripe;
        this.unscheduled = unscheduled;
        this.plans = plans;
        this.starts = starts;
        this.payment = payment;
    }

    Mono<SubscriptionUpdateResult> cancel(
            SubscriptionActionTemplate.ActionCommand wish, boolean now, @Nullable CancellationFeedback reason) {
        return act.own(wish).flatMap(subscription -> {
            if (UnpaidStartClosure.isCanceled(subscription)) {
                return Mono.just(new SubscriptionUpdateResult(subscription, true));
            }
            return subscription.isOnPage() ? act.done(subscription, notBegun(subscription)) : begun(wish, now, reason);
        });
    }

    /** Whoever paid at this very moment is not made to lose that unasked. */
    private Mono<Subscription> notBegun(Subscription onPage) {
        return starts.cancel(onPage)
                .flatMap(left -> left.isLive()
                        ? Mono.error(Problem.conflict(
                                "subscription-begun", "It was paid this moment; cancel it once more if that is meant."))
                        : Mono.just(left));
    }

    /** One whose first payment is missing has no paid period to wait for, and ends at once. */
    private Mono<SubscriptionUpdateResult> begun(
            SubscriptionActionTemplate.ActionCommand wish, boolean now, @Nullable CancellationFeedback reason) {
        return act.on(wish, subscription -> snapshot -> {
            if (snapshot.status() == SubscriptionStatus.CANCELED && now) {
                return act.asItIs(subscription, wish, snapshot);
            }
            if (isOver(snapshot)) {
                return act.asItIs(subscription, wish, snapshot).then(Mono.error(StripeSubscriptions.ended()));
            }
            if (snapshot.ending().cancelAtPeriodEnd() && !now && reason == null) {
                return act.asItIs(subscription, wish, snapshot);
            }
            return now || snapshot.status() == SubscriptionStatus.INCOMPLETE
                    ? payment.mustNotBeUnderWayAtEnd(snapshot)
                            .then(Mono.defer(() -> snapshot.scheduleId() == null
                                    ? atOnce(subscription, wish, snapshot, reason)
                                    : withSchedule(subscription, wish, snapshot, reason)))
                    : withPeriod(subscription, wish, snapshot, reason);
        });
    }

    /** What its user had chosen for later is not lost by a cancel that comes to nothing, as Stripe refuses it say. */
    private Mono<Subscription> withPeriod(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            @Nullable CancellationFeedback reason) {
        return plans.of(snapshot).flatMap(schedule -> {
            JsonNode plan = schedule.orElse(null);
            if (plan == null || SchedulePhases.isEmpty(plan)) {
                return unscheduled
                        .of(subscription, snapshot, wish.in(snapshot))
                        .flatMap(free -> atPeriodEnd(free, wish, snapshot, reason));
            }
            if (SchedulePhases.isUsersEnd(plan)) {
                return reason == null
                        ? act.asItIs(subscription, wish, snapshot)
                        : told(subscription, wish, snapshot, reason);
            }
            return SchedulePhases.isUsers(plan) || SchedulePhases.isEndWrittenOver(plan)
                    ? withUsersPlan(subscription, wish, snapshot, plan, reason)
                    : plans.end(subscription, wish, snapshot, plan, reason);
        });
    }

    /** One that left its schedule meanwhile, as its next phase has begun, ends alone. */
    private Mono<Subscription> withUsersPlan(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            JsonNode plan,
            @Nullable CancellationFeedback reason) {
        return told(subscription, wish, snapshot, reason).flatMap(now -> plans.endOfUsers(now, wish, snapshot, plan)
                .onErrorResume(Problem.class, refused -> stripe.read(now)
                        .filter(left -> left.scheduleId() == null && !isOver(left))
                        .flatMap(left -> atPeriodEnd(now, wish, left, reason))
                        .switchIfEmpty(Mono.error(refused))));
    }

    private Mono<Subscription> atOnce(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            @Nullable CancellationFeedback reason) {
        var params = SubscriptionCancelParams.builder();
        if (reason != null) {
            params.setCancellationDetails(reason.whenNow());
        }
        return act.keep(
                subscription,
                Cause.stripeAnswer(NOW, wish.request()),
                stripe.cancel(wish.in(snapshot), snapshot.id(), params.build()),
                CancelFlow::isOver);
    }

    /** One that left its schedule ends alone. */
    private Mono<Subscription> withSchedule(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            @Nullable CancellationFeedback reason) {
        return told(subscription, wish, snapshot, reason).flatMap(now -> plans.endNow(now, wish, snapshot)
                .onErrorResume(Problem.class, refused -> atOnce(now, wish, snapshot, reason)));
    }

    /** Stripe takes no reason together with the end of a schedule, so it is told first. */
    private Mono<Subscription> told(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            @Nullable CancellationFeedback reason) {
        return reason == null
                ? Mono.just(subscription)
                : act.keep(
                        subscription,
                        Cause.stripeAnswer(WHY, wish.request()),
                        stripe.update(
                                WHY,
                                wish.in(snapshot),
                                snapshot.id(),
                                SubscriptionUpdateParams.builder()
                                        .setCancellationDetails(reason.whenLater())
                                        .build()),
                        now -> true);
    }

    private Mono<Subscription> atPeriodEnd(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            @Nullable CancellationFeedback reason) {
        var params = SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(true);
        if (reason != null) {
            params.setCancellationDetails(reason.whenLater());
        }
        return act.keep(
                subscription,
                Cause.stripeAnswer(LATER, wish.request()),
                stripe.update(LATER, wish.in(snapshot), snapshot.id(), params.build()),
                now -> now.ending().isScheduled());
    }

    static boolean isOver(StripeSubscriptionState snapshot) {
        return snapshot.status() == SubscriptionStatus.CANCELED
                || snapshot.status() == SubscriptionStatus.INCOMPLETE_EXPIRED;
    }
}
