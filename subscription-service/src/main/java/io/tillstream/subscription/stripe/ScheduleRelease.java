package io.tillstream.subscription.stripe;

import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Takes a subscription out of its schedule: while it is in one, Stripe lets nobody else end or change it. */
@Component
public class ScheduleRelease {

    private final StripeSchedules schedules;
    private final SubscriptionTransition settlement;

    ScheduleRelease(StripeSchedules schedules, SubscriptionTransition settlement) {
        this.schedules = schedules;
        this.settlement = settlement;
    }

    /** The subscription, in no schedule. */
    public Mono<Subscription> of(Subscription subscription, StripeSubscriptionState snapshot, Object request) {
        String schedule = snapshot.scheduleId();
        return schedule == null ? Mono.just(subscription) : released(subscription, schedule, request);
    }

    /** Refused means that it is over or was released already. */
    public Mono<Subscription> released(Subscription subscription, @Nullable String schedule, Object request) {
        if (schedule == null) {
            return Mono.just(subscription);
        }
        Cause cause = Cause.stripeAnswer("subscription_schedule.release", request);
        return schedules
                .release(request, schedule)
                .flatMap(answer -> answer.fold(
                        done -> settlement.scheduleAnswered(subscription, cause, done),
                        no -> Mono.just(subscription),
                        no -> settlement.refresh(subscription.id(), cause)));
    }
}
