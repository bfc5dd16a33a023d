package io.tillstream.subscription.stripe;

import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import java.time.Clock;
import java.time.Instant;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The present of a subscription that was just read: that of its own clock, where it has one at Stripe, which its events do not tell.
 * It costs a call for those alone.
 */
@Component
public class SubscriptionClock {

    private final StripeSubscriptions stripe;
    private final Clock clock;

    SubscriptionClock(StripeSubscriptions stripe, Clock clock) {
        this.stripe = stripe;
        this.clock = clock;
    }

    public Mono<Instant> now(Subscription subscription, StripeSubscriptionState snapshot) {
        String clockId = snapshot.testClockId();
        Instant known = subscription.now(clock.instant());
        return clockId == null ? Mono.just(known) : stripe.frozenTime(clockId).defaultIfEmpty(known);
    }
}
