package io.tillstream.subscription.cancellation;

import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.common.EmptyParam;
import io.tillstream.subscription.stripe.EndRestoration;
import io.tillstream.subscription.stripe.SchedulePhases;
import io.tillstream.subscription.stripe.ScheduleRelease;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.SubscriptionUpdateResult;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.web.Problem;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The way back: it goes on after all, and what is due is collected again. */
@Component
class ResumeFlow {

    private static final String CALL = "subscription.resume";

    /** Why somebody wanted to leave is not why they leave another time. */
    private static final SubscriptionUpdateParams.CancellationDetails NO_REASON =
            SubscriptionUpdateParams.CancellationDetails.builder()
                    .setComment(EmptyParam.EMPTY)
                    .setFeedback(EmptyParam.EMPTY)
                    .build();

    private final SubscriptionActionTemplate act;
    private final StripeSubscriptions stripe;
    private final ScheduleRelease unscheduled;
    private final CancellationViaSchedule plans;
    private final PauseRequestRepository requests;
    private final EndRestoration ends;

    ResumeFlow(
            SubscriptionActionTemplate act,
            StripeSubscriptions stripe,
            ScheduleRelease unscheduled,
            CancellationViaSchedule plans,
            PauseRequestRepository requests,
            EndRestoration ends) {
        this.act = act;
        this.stripe = stripe;
        this.unscheduled = unscheduled;
        this.plans = plans;
        this.requests = requests;
        this.ends = ends;
    }

    Mono<SubscriptionUpdateResult> resume(SubscriptionActionTemplate.ActionCommand wish) {
        return act.on(wish, subscription -> snapshot -> {
            if (CancelFlow.isOver(snapshot)) {
                return act.asItIs(subscription, wish, snapshot).then(Mono.error(StripeSubscriptions.ended()));
            }
            if (snapshot.status() == SubscriptionStatus.PAUSED) {
                return act.keep(
                        subscription,
                        Cause.stripeAnswer(CALL, wish.request()),
                        stripe.resume(wish.in(snapshot), snapshot.id()),
                        now -> now.status() == SubscriptionStatus.ACTIVE);
            }
            return mayEndPause(subscription, wish, snapshot).flatMap(may -> withoutLostEnd(subscription, wish, snapshot)
                    .flatMap(now -> snapshot.scheduleId() != null && now.scheduleId() == null
                            ? withoutEnd(subscription, wish, now, may, true)
                            : resumed(subscription, wish, now, may)));
        });
    }

    /** Its user ends what its user began: not what the dashboard or an operator set. */
    private Mono<Boolean> mayEndPause(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot) {
        Subscription.Pause pause = snapshot.pause();
        return pause == null || wish.isOperators()
                ? Mono.just(pause != null)
                : requests.begunByUser(subscription, pause);
    }

    /** Whoever lets it go on does not want back the end that one of their changes has written over. */
    private Mono<StripeSubscriptionState> withoutLostEnd(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot) {
        return ends.withdrawn(subscription, snapshot, wish.in(snapshot));
    }

    private Mono<Subscription> resumed(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            boolean endsPause) {
        if (!endsPause && !snapshot.ending().isScheduled()) {
            return snapshot.pause() == null
                    ? act.asItIs(subscription, wish, snapshot)
                    : Mono.error(Problem.conflict("paused-by-operator", "The shop paused it, and ends that."));
        }
        return plans.of(snapshot).flatMap(plan -> {
            boolean shopsEnd = snapshot.ending().isScheduled()
                    && plan.filter(schedule -> !SchedulePhases.isUsers(schedule))
                            .filter(schedule -> !SchedulePhases.isUsersEnd(schedule))
                            .isPresent();
            return shopsEnd
                    ? withShopsPlan(subscription, wish, snapshot, plan.get(), endsPause)
                    : withoutEnd(
                            subscription,
                            wish,
                            snapshot,
                            endsPause,
                            snapshot.ending().isScheduled());
        });
    }

    private Mono<Subscription> withShopsPlan(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            JsonNode plan,
            boolean endsPause) {
        boolean back = ScheduleCancellationParams.isRestorable(plan);
        if (!back && !wish.isOperators()) {
            return endsPause ? unpaused(subscription, wish, snapshot) : Mono.error(SchedulePhases.byOperator());
        }
        Mono<Subscription> goesOn = back
                ? plans.back(subscription, wish, snapshot, plan)
                : plans.withoutEnd(subscription, wish, snapshot, plan);
        return goesOn.flatMap(now -> endsPause ? unpaused(now, wish, snapshot) : Mono.just(now));
    }

    private Mono<Subscription> withoutEnd(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            boolean endsPause,
            boolean endsEnd) {
        boolean endsBySchedule = snapshot.ending().isScheduled() && snapshot.scheduleId() != null;
        Mono<Subscription> free =
                endsBySchedule ? unscheduled.of(subscription, snapshot, wish.in(snapshot)) : Mono.just(subscription);
        return free.flatMap(now -> act.keep(
                now,
                Cause.stripeAnswer(CALL, wish.request()),
                stripe.update(CALL, wish.in(snapshot), snapshot.id(), params(snapshot, endsPause, endsEnd)),
                shown -> !shown.ending().isScheduled() && (!endsPause || shown.pause() == null)));
    }

    /** Its end stays with its schedule. */
    private Mono<Subscription> unpaused(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot) {
        var params = SubscriptionUpdateParams.builder().setPauseCollection(EmptyParam.EMPTY);
        return act.keep(
                subscription,
                Cause.stripeAnswer(CALL, wish.request()),
                stripe.update(CALL, wish.in(snapshot), snapshot.id(), params.build()),
                shown -> shown.pause() == null);
    }

    /** Stripe takes only one of the two ways to say when it ends, so the one that was used is taken back. */
    private static SubscriptionUpdateParams params(
            StripeSubscriptionState snapshot, boolean endsPause, boolean endsEnd) {
        var params = SubscriptionUpdateParams.builder();
        if (endsPause) {
            params.setPauseCollection(EmptyParam.EMPTY);
        }
        if (endsEnd) {
            params.setCancellationDetails(NO_REASON);
        }
        if (snapshot.ending().cancelAtPeriodEnd()) {
            params.setCancelAtPeriodEnd(false);
        } else if (snapshot.ending().cancelAt() != null) {
            params.setCancelAt(EmptyParam.EMPTY);
        }
        return params.build();
    }
}
