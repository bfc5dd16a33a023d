package io.tillstream.subscription.ending;

import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.SubscriptionUpdateParams.PauseCollection;
import io.tillstream.subscription.asking.Answered;
import io.tillstream.subscription.asking.StripeSubscriptions;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Snapshot;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** For a time nothing is collected. What may be used meanwhile is a matter of the dunning policy. */
@Component
class PauseFlow {

    private static final String CALL = "subscription.pause";

    private static final Set<SubscriptionStatus> PAUSABLE =
            EnumSet.of(SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING, SubscriptionStatus.PAST_DUE);

    private final Act act;
    private final StripeSubscriptions stripe;
    private final Clock clock;

    PauseFlow(Act act, StripeSubscriptions stripe, Clock clock) {
        this.act = act;
        this.stripe = stripe;
        this.clock = clock;
    }

    /** {@code until} in whole seconds, as Stripe keeps it; null: until it is resumed. */
    Mono<Answered> pause(Act.Wish wish, String behavior, @Nullable Instant until) {
        Subscription.Pause wanted = new Subscription.Pause(behavior, until);
        return act.on(wish, subscription -> snapshot -> {
            if (!PAUSABLE.contains(snapshot.status())) {
                return Mono.error(
                        CancelFlow.isOver(snapshot)
                                ? StripeSubscriptions.ended()
                                : Problem.conflict("subscription-not-active", "Nothing is being collected."));
            }
            if (until != null && !until.isAfter(subscription.now(clock.instant()))) {
                return Mono.error(Problem.invalid("until", "has to be in the future"));
            }
            return wanted.equals(snapshot.pause())
                    ? act.asItIs(subscription, wish, snapshot)
                    : paused(subscription, wish, snapshot, wanted);
        });
    }

    private Mono<Subscription> paused(
            Subscription subscription, Act.Wish wish, Snapshot snapshot, Subscription.Pause wanted) {
        var pause = PauseCollection.builder()
                .setBehavior(PauseCollection.Behavior.valueOf(wanted.behavior().toUpperCase(Locale.ROOT)));
        if (wanted.until() != null) {
            pause.setResumesAt(wanted.until().getEpochSecond());
        }
        var params = SubscriptionUpdateParams.builder()
                .setPauseCollection(pause.build())
                .build();
        return act.keep(
                subscription,
                Cause.stripeAnswer(CALL, wish.request()),
                stripe.update(CALL, wish.in(snapshot), snapshot.id(), params, false),
                now -> wanted.equals(now.pause()));
    }
}
