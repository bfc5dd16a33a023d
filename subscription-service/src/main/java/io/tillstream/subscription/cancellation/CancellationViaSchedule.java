package io.tillstream.subscription.cancellation;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import io.tillstream.stripe.SchedulePhaseParams;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.stripe.EndRestoration;
import io.tillstream.subscription.stripe.SchedulePhases;
import io.tillstream.subscription.stripe.StripeSchedules;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What the shop planned for a subscription is no way out for its user: it ends with it, and comes back with it. */
@Component
class CancellationViaSchedule {

    private static final String END = "subscription_schedule.cancel_at_period_end";
    private static final String END_NOW = "subscription_schedule.cancel";
    private static final String RESUME = "subscription_schedule.resume";

    private final SubscriptionActionTemplate act;
    private final StripeSchedules schedules;
    private final EndRestoration ends;

    CancellationViaSchedule(SubscriptionActionTemplate act, StripeSchedules schedules, EndRestoration ends) {
        this.act = act;
        this.schedules = schedules;
        this.ends = ends;
    }

    /** The schedule as Stripe has it; empty where there is none. */
    Mono<Optional<JsonNode>> of(StripeSubscriptionState snapshot) {
        String id = snapshot.scheduleId();
        return id == null ? Mono.just(Optional.empty()) : schedules.read(id).map(StripeProblems::present);
    }

    /** With the period, and the plan is kept. */
    Mono<Subscription> end(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            JsonNode plan,
            @Nullable CancellationFeedback reason) {
        boolean endsThen =
                SchedulePhases.ends(plan) && SchedulePhaseParams.later(plan).isEmpty();
        if (endsThen) {
            return act.asItIs(subscription, wish, snapshot);
        }
        return ends.isKeptEndLost(subscription, plan)
                .flatMap(isLost -> update(
                        subscription,
                        wish,
                        snapshot,
                        ScheduleCancellationParams.ending(plan, snapshot.defaultPaymentMethod(), reason, isLost),
                        END,
                        now -> now.ending().isScheduled()));
    }

    /** With the period, and with it what its user had chosen for later: in one call, so refused, all of that stays. */
    Mono<Subscription> endOfUsers(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            JsonNode plan) {
        return update(
                subscription,
                wish,
                snapshot,
                SchedulePhases.endingOfUsers(plan, snapshot.defaultPaymentMethod()),
                END,
                now -> now.ending().isScheduled());
    }

    /** At once, with its schedule, in one call: while it is not over, nothing that is planned for it is lost. */
    Mono<Subscription> endNow(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot) {
        return act.keepOfSchedule(
                subscription,
                Cause.stripeAnswer(END_NOW, wish.request()),
                schedules.cancel(wish.in(snapshot), Objects.requireNonNull(snapshot.scheduleId())),
                CancelFlow::isOver);
    }

    Mono<Subscription> back(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            JsonNode plan) {
        return update(
                subscription,
                wish,
                snapshot,
                ScheduleCancellationParams.back(plan, snapshot.defaultPaymentMethod()),
                RESUME,
                now -> true);
    }

    /** It goes on, and what else is planned for it stays: in one call, so refused, it ends as planned. */
    Mono<Subscription> withoutEnd(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            JsonNode plan) {
        return update(
                subscription,
                wish,
                snapshot,
                ScheduleCancellationParams.withoutEnd(plan, snapshot.defaultPaymentMethod()),
                RESUME,
                now -> !now.ending().isScheduled());
    }

    private Mono<Subscription> update(
            Subscription subscription,
            SubscriptionActionTemplate.ActionCommand wish,
            StripeSubscriptionState snapshot,
            SubscriptionScheduleUpdateParams params,
            String operation,
            Predicate<StripeSubscriptionState> wanted) {
        String id = Objects.requireNonNull(snapshot.scheduleId());
        return act.keepOfSchedule(
                subscription,
                Cause.stripeAnswer(operation, wish.request()),
                schedules.update(wish.in(snapshot), id, params),
                wanted);
    }
}
