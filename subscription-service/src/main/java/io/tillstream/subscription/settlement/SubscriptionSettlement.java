package io.tillstream.subscription.settlement;

import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Snapshot;
import io.tillstream.subscription.subscription.Subscription;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The only one who moves a subscription: under the lock of its row, it takes the state that Stripe says it has, and
 * history, outbox and entitlements follow, in one transaction.
 */
@Component
public class SubscriptionSettlement {

    /**
     * Takes what an event said, or what was read because of it. Inside the caller's transaction.
     *
     * @return the subscription as it is then; empty if there is none with this id
     */
    public Mono<Subscription> learn(UUID id, Cause cause, Snapshot snapshot) {
        return Mono.error(new UnsupportedOperationException(id + " " + cause + " " + snapshot.id()));
    }

    /**
     * Takes Stripe's answer to a call of ours, in a transaction of its own. An event that was applied while the call
     * went on may be newer or older than the answer: then Stripe is asked once more.
     *
     * @param known the subscription as it was before the call
     */
    public Mono<Subscription> answered(Subscription known, Cause cause, Snapshot answer) {
        return learn(known.id(), cause, answer);
    }

    /** The same for the answer to a call about a schedule. */
    public Mono<Subscription> scheduleAnswered(
            Subscription known, Cause cause, tools.jackson.databind.JsonNode schedule) {
        return Mono.error(new UnsupportedOperationException(known.id() + " " + cause + " " + schedule.size()));
    }

    /** Asks Stripe how the subscription is, and takes that. Fails as a call to Stripe does. */
    public Mono<Subscription> refresh(UUID id, Cause cause) {
        return Mono.error(new UnsupportedOperationException(id + " " + cause));
    }
}
