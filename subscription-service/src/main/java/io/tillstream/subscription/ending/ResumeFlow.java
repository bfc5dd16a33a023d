package io.tillstream.subscription.ending;

import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.common.EmptyParam;
import io.tillstream.subscription.asking.Answered;
import io.tillstream.subscription.asking.StripeSubscriptions;
import io.tillstream.subscription.asking.Unscheduled;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Snapshot;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The way back: it goes on after all, and what is due is collected again. */
@Component
class ResumeFlow {

    private static final String CALL = "subscription.resume";

    private final Act act;
    private final StripeSubscriptions stripe;
    private final Unscheduled unscheduled;

    ResumeFlow(Act act, StripeSubscriptions stripe, Unscheduled unscheduled) {
        this.act = act;
        this.stripe = stripe;
        this.unscheduled = unscheduled;
    }

    Mono<Answered> resume(Act.Wish wish) {
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
            return goesOn(snapshot) ? act.asItIs(subscription, wish, snapshot) : resumed(subscription, wish, snapshot);
        });
    }

    private Mono<Subscription> resumed(Subscription subscription, Act.Wish wish, Snapshot snapshot) {
        boolean endsBySchedule = snapshot.ending().isScheduled() && snapshot.scheduleId() != null;
        Mono<Subscription> free =
                endsBySchedule ? unscheduled.of(subscription, snapshot, wish.in(snapshot)) : Mono.just(subscription);
        return free.flatMap(now -> act.keep(
                now,
                Cause.stripeAnswer(CALL, wish.request()),
                stripe.update(CALL, wish.in(snapshot), snapshot.id(), params(snapshot), false),
                ResumeFlow::goesOn));
    }

    /** Stripe takes only one of the two ways to say when it ends, so the one that was used is taken back. */
    private static SubscriptionUpdateParams params(Snapshot snapshot) {
        var params = SubscriptionUpdateParams.builder();
        if (snapshot.pause() != null) {
            params.setPauseCollection(EmptyParam.EMPTY);
        }
        if (snapshot.ending().cancelAtPeriodEnd()) {
            params.setCancelAtPeriodEnd(false);
        } else if (snapshot.ending().cancelAt() != null) {
            params.setCancelAt(EmptyParam.EMPTY);
        }
        return params.build();
    }

    private static boolean goesOn(Snapshot snapshot) {
        return snapshot.pause() == null && !snapshot.ending().isScheduled();
    }
}
