package io.tillstream.subscription.start;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Trials;
import io.tillstream.subscription.sweep.StripeRound;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Ends trials that begin again: the card that was to pay, named only after the trial had begun, has had one before; or it was
 * carried over on Stripe's portal to a product whose trial its user had. Nothing is taken; whoever wants the plan begins it
 * without a trial.
 */
@Component
class RepeatTrialSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(RepeatTrialSweep.class);
    private static final int BATCH = 20; // one call to Stripe each

    private final Trials trials;
    private final Subscriptions subscriptions;
    private final StripeStarts stripe;
    private final SubscriptionTransition settlement;

    RepeatTrialSweep(
            Trials trials,
            Subscriptions subscriptions,
            StripeStarts stripe,
            SubscriptionTransition settlement,
            SweepPeriods periods) {
        super(periods.of("trials"));
        this.trials = trials;
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.settlement = settlement;
    }

    @Override
    protected Mono<Long> makeDue() {
        return trials.makeDue();
    }

    @Override
    protected Mono<Void> round() {
        return StripeRound.of(() -> trials.claimRepeated(BATCH), this::end, (trial, e) -> {
                    failed(e);
                    LOG.warn("Trial {} is ended later: {}", trial.subscriptionId(), e.toString());
                })
                .onErrorResume(e -> {
                    LOG.warn("Trials are not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    private Mono<Subscription> end(Trials.Repeated repeated) {
        UUID id = repeated.subscriptionId();
        return subscriptions.find(id).flatMap(trial -> {
            String stripeId = String.valueOf(trial.stripeId());
            Cause cause = Cause.stripeAnswer("trial.end", id);
            LOG.info("Trial {} ends: its {} has had one", id, repeated.byCard() ? "card" : "user");
            return stripe.endTrial(stripeId, repeated.byCard())
                    .flatMap(answer -> answer.fold(
                            done -> settlement.answered(trial, cause, StripeSubscriptionState.of(done)),
                            no -> settlement.refresh(id, cause),
                            no -> settlement.refresh(id, cause)));
        });
    }
}
